import TesseraCheckpoint
import TesseraDataset
import TesseraImage
import TesseraJobs
import TesseraPipeline
import TesseraTokens
import Testing
import _TesseraTestSupport

/// Walks over the tokens of a data set of eight pictures, one of which is there twice.
@Suite struct TokenScanTests {
    let folder = TemporaryFolder()
    let model: Model
    let tokens: TokenCollection

    init() throws {
        model = try Model(ShippedModels().folder(tinyModelPath), needsPrior: false)
        for number in 0 ..< 7 {
            folder.picture("in/\(number).png", width: 16, height: 16, seed: UInt64(number))
        }
        folder.picture("in/copy-of-3.png", width: 16, height: 16, seed: 3)
        var options = TokenizeOptions()
        options.shardSize = 3
        let job = try TokenizeJob(
            [folder.file("in")], with: model, into: folder.file("tokens"), options: options)
        for event in job { _ = try event.get() }
        tokens = try TokenCollection(folder.file("tokens"))
    }

    /// What comes of a walk to its end.
    func outcome<Outcome>(_ scan: TokenScan<Outcome>) throws -> Outcome {
        for event in scan {
            if case .finished(let outcome) = try event.get() { return outcome }
        }
        throw JobError(.item, "a walk that nobody stops has an outcome")
    }

    @Test func everyGridIsToldOfOnce() throws {
        var files: [String] = []
        var readCount = 0
        for event in tokens.statistics() {
            switch try event.get() {
            case .began(let file): files.append(file)
            case .read: readCount += 1
            case .finished(let statistics): #expect(statistics.pictureCount == 8)
            default: Issue.record("There is nothing else to tell")
            }
        }
        #expect(files == (0 ..< 3).map { "00000\($0).safetensors" })
        #expect(readCount == 8)
    }

    @Test func aWalkThatIsLeftEnds() throws {
        for event in tokens.selection(of: 2, by: model.tokenizer.codeSpace) {
            if case .read = try event.get() { break }
        }
        let selection = try outcome(tokens.selection(of: 2, by: model.tokenizer.codeSpace))
        #expect(selection.keys.count == 8 && selection.chosen.count == 2)
    }

    @Test func theFirstOfEqualPicturesIsKeptAndCopied() throws {
        let found = try outcome(tokens.duplicates(by: nil))
        #expect(found.exactCount == 1)
        #expect(found.groups.map(\.kept) == ["3"])
        #expect(found.groups.first?.copies.map(\.key) == ["copy-of-3"])
        #expect(try outcome(tokens.copy(Set(found.kept), to: folder.file("unique"))) == 7)
        #expect(try TokenCollection(folder.file("unique")).itemCount == 7)
        #expect {
            try outcome(tokens.copy([0], to: folder.file("unique")))
        } throws: {
            ($0 as? JobError)?.kind == .usage
        }
    }

    @Test func aFileThatCannotBeReadIsToldAndOthersGoOn() throws {
        folder.write([1, 2, 3], as: "tokens/000001.safetensors")
        var failures: [String] = []
        for event in tokens.statistics() {
            if case .failed(let path, _) = try event.get() { failures.append(path) }
        }
        #expect(failures == [folder.file("tokens/000001.safetensors")])
    }

    @Test func tokensBecomePicturesUntilItIsEnough() throws {
        let pictures = try StoredPictures([folder.file("tokens")], keys: ["[0-4]"])
        #expect(pictures.pictureCount == 8 && pictures.matchCount == 5)
        let job = DetokenizeJob(pictures, with: model, into: folder.file("back"))
        for event in job {
            if case .wrote = try event.get() { break }
        }
        let count = TemporaryFolder.names(in: folder.file("back")).count
        #expect((1 ..< 8).contains(count))
        for event in DetokenizeJob(pictures, with: model, into: folder.file("all")) {
            _ = try event.get()
        }
        let names = (0 ..< 5).map { "\($0).png" }
        #expect(TemporaryFolder.names(in: folder.file("all")) == names)
        #expect(folder.read("all/0.png") == folder.read("back/0.png"))
    }

    @Test func noTokensAreAFailureOfTheUsage() {
        #expect {
            try TokenCollection(folder.file("in"))
        } throws: {
            ($0 as? JobError)?.kind == .usage
        }
    }
}
