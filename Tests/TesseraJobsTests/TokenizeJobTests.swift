import TesseraCheckpoint
import TesseraDataset
import TesseraFiles
import TesseraJobs
import TesseraPipeline
import Testing
import _TesseraTestSupport

/// What whoever runs a job from a program relies on: it can be watched, stopped and gone on with.
@Suite struct TokenizeJobTests {
    let folder = TemporaryFolder()
    let model: Model

    init() throws {
        model = try Model(ShippedModels().folder(tinyModelPath), needsPrior: false)
        for number in 0 ..< 9 {
            folder.picture(
                "in/\(number).png", width: number % 3 == 0 ? 20 : 16, height: 16,
                seed: UInt64(number))
        }
        folder.write([], as: "in/1-empty.jpg")
    }

    func job(into name: String) throws -> TokenizeJob {
        var options = TokenizeOptions()
        options.shardSize = 3
        return try TokenizeJob(
            [folder.file("in")], with: model, into: folder.file(name), options: options)
    }

    /// The SHA-256 of every file of a folder by its name.
    func tree(_ name: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: TemporaryFolder.names(in: folder.file(name)).map { file in
                let bytes = folder.read(name + "/" + file)
                return (file, bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) })
            })
    }

    @Test func eventsTellOfEachPictureInOrder() throws {
        var keys: [String] = []
        var shards: [String] = []
        var result: TokenizeResult?
        for event in try job(into: "out") {
            switch try event.get() {
            case .began(let count): #expect(count == 10)
            case .encoded(let item, let grid):
                keys.append(item.key)
                #expect(grid.item.key == item.key)
            case .failed(let failure): keys.append("\(failure.key ?? "") \(failure.code)")
            case .wrote(let record): shards.append(record.shard)
            case .finished(let end): result = end
            default: Issue.record("There is nothing else to tell")
            }
        }
        #expect(keys == ["0", "1-empty empty"] + (1 ..< 9).map(String.init))
        #expect(shards == (0 ..< 4).map { "00000\($0)" })
        #expect(result?.doneCount == 9 && result?.failedCount == 1)
        #expect(result?.summary?.missingUnitCount == 0)
    }

    @Test func whatWasStoppedEndsWithTheSameBytes() throws {
        for event in try job(into: "whole") { _ = try event.get() }
        // Stopped by and by: nothing, something, and then a shard more is there each time.
        let job = try job(into: "parts")
        var hasFinished = false
        var runCount = 0
        while !hasFinished {
            var writtenCount = 0
            for event in job {
                switch try event.get() {
                case .encoded where runCount == 0: writtenCount = 1
                case .wrote: writtenCount += 1
                case .finished: hasFinished = true
                default: break
                }
                if writtenCount > 0 { break }
            }
            #expect(!TemporaryFolder.names(in: folder.file("parts")).contains { $0.hasPrefix(".") })
            runCount += 1
        }
        // A shard may be written while the one before is told of.
        #expect((3 ... 6).contains(runCount))
        #expect(tree("parts") == tree("whole"))
    }

    @Test func tasksThatAreThreadsShareAJob() throws {
        for event in try job(into: "whole") { _ = try event.get() }
        let runs = try (0 ..< 2).map { index in
            var options = try job(into: "parts").options
            options.task = JobTask(index: index, count: 2)
            return try TokenizeJob(
                [folder.file("in")], with: model, into: folder.file("parts"), options: options
            ).makeIterator()
        }
        for run in runs { while let event = run.next() { _ = try event.get() } }
        #expect(tree("parts") == tree("whole"))
    }

    @Test func aFolderInUseIsAFailureOfTheUsage() throws {
        let first = try job(into: "out").makeIterator()
        _ = try first.next()?.get()
        let second = try job(into: "out").makeIterator()
        #expect {
            try second.next()?.get()
        } throws: {
            ($0 as? JobError)?.kind == .usage
        }
        #expect(second.next() == nil)
        withExtendedLifetime(first) {}
    }

    @Test func whatCannotBeIsRefusedBeforeTheWork() throws {
        #expect(throws: JobError.self) {
            try TokenizeJob([folder.file("in")], with: model, into: folder.file("in/out"))
        }
        #expect(throws: JobError.self) {
            try TokenizeJob(["pipe:true"], with: model, into: folder.file("out"))
        }
        var options = TokenizeOptions()
        options.isOverwriting = true
        options.task = JobTask(index: 0, count: 2)
        #expect(throws: JobError.self) {
            try TokenizeJob(
                [folder.file("in")], with: model, into: folder.file("out"), options: options)
        }
    }

    @Test func nothingAtAllIsAFailureThatNamesTheInput() throws {
        folder.write([], as: "none/notes.txt")
        let job = try TokenizeJob([folder.file("none")], with: model, into: folder.file("out"))
        let failures = try job.compactMap { event -> FailedItem? in
            if case .failed(let failure) = try event.get() { failure } else { nil }
        }
        #expect(failures.map(\.path) == [folder.file("none")])
        #expect(failures.map(\.code) == ["empty"])
    }
}
