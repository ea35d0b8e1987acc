import TesseraJSON
import TesseraFiles
import TesseraCLI
import TesseraImage
import Testing
import _TesseraTestSupport

/// What someone with ten million photographs relies on.
@Suite struct TokenizeJobTests {
    let folder = TemporaryFolder()

    /// Makes inputs of every kind: pictures of two sizes, an archive, and faults at known places.
    init() {
        for number in 0 ..< 7 {
            folder.picture(
                "in/\(number).png", width: number % 3 == 0 ? 20 : 16, height: 16,
                seed: UInt64(number))
        }
        folder.write([], as: "in/1-empty.jpg")
        folder.write(Array("<html>".utf8), as: "in/3-page.png")
        folder.write(Array(folder.read("in/2.png").dropLast(40)), as: "in/5-cut.png")
    }

    func tokenize(_ arguments: String..., into name: String) -> Ran {
        tessera(
            [
                "tokenize", folder.file("in"), "-o", folder.file(name), "--model", tinyModelPath,
                "--shard-size", "3",
            ] + arguments)
    }

    /// The SHA-256 of every file of a folder by its name.
    func tree(_ name: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: TemporaryFolder.names(in: folder.file(name)).map { file in
                let bytes = folder.read(name + "/" + file)
                return (file, bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) })
            })
    }

    func failures(_ name: String) -> [String] {
        String(decoding: folder.read(name + "/failures.jsonl"), as: UTF8.self)
            .split(separator: "\n").compactMap { line in
                guard case .object(let object)? = try? JSONValue(parsing: Array(line.utf8)) else {
                    return nil
                }
                return "\(object.string("key") ?? "-") \(object.string("code") ?? "-")"
            }
    }

    @Test(arguments: ["safetensors", "webdataset"])
    func anyNumberOfTasksWritesTheSame(format: String) {
        #expect(tokenize("--format", format, "--threads", "1", into: "one").code == 1)
        for count in [2, 4] {
            for index in (0 ..< count).reversed() {
                let run = tokenize(
                    "--format", format, "--task-count", "\(count)", "--task-index", "\(index)",
                    into: "\(count)")
                #expect(run.code <= 1)
                #expect(run.messages.contains("task \(index) of \(count)"))
            }
            #expect(tree("\(count)") == tree("one"))
        }
        #expect(tree("one").count > 8)
    }

    @Test func faultsAreListedWithTheirReasons() {
        let run = tokenize("--json", into: "out")
        #expect(run.code == 1)
        #expect(
            failures("out") == ["1-empty empty", "3-page not-a-picture", "5-cut truncated"])
        #expect(run.objects.compactMap { $0.string("code") }.count == 3)
        let statistics = run.objects.last?.object("statistics")
        #expect(statistics?.number("images") == 7)
        #expect(statistics?.object("failed")?.number("truncated") == 1)
        #expect(statistics?.number("bitsPerPixel") ?? 0 > 0)
    }

    @Test func onlyWhatFailedIsTriedAgain() {
        #expect(tokenize(into: "out").code == 1)
        let again = tokenize("--json", into: "out")
        #expect(again.code == 1)
        #expect(again.messages.contains("3 failed before; --retry-failed tries them again"))
        #expect(again.objects.last?.object("summary")?.number("done") == 0)
        folder.write(folder.read("in/2.png"), as: "in/3-page.png")
        folder.write(folder.read("in/4.png"), as: "in/5-cut.png")
        folder.write(folder.read("in/4.png"), as: "in/1-empty.jpg")
        let retried = tokenize("--retry-failed", "--json", into: "out")
        #expect(retried.code == 0)
        #expect(retried.objects.last?.object("summary")?.number("done") == 3)
        #expect(failures("out") == [])
        #expect(tokenize(into: "clean").code == 0)
        #expect(tree("out") == tree("clean"))
    }

    @Test func dataSetsMayGrowAtTheirEndOnly() {
        #expect(tokenize(into: "out").code == 1)
        folder.picture("in/8.png", width: 16, height: 16, seed: 8)
        folder.picture("in/9.png", width: 16, height: 16, seed: 9)
        folder.picture("in/91.png", width: 16, height: 16, seed: 91)
        #expect(tokenize(into: "out").code == 1)
        #expect(tokenize(into: "clean").code == 1)
        #expect(tree("out") == tree("clean"))
        folder.picture("in/0-new.png")
        let refused = tokenize(into: "out")
        #expect(refused.code == 2)
        #expect(refused.messages.contains("adding only at their end"))
        #expect(tokenize("--overwrite", into: "out").code == 1)
        #expect(tokenize(into: "new").code == 1)
        #expect(tree("out") == tree("new"))
    }

    @Test func picturesBecomeSquaresAndOthersArePassedOver() throws {
        folder.picture("in/flat.png", width: 64, height: 8)
        let run = tokenize(
            "--size", "24", "--fit", "pad", "--max-aspect", "4", "--json", into: "out")
        #expect(run.code == 1)
        let statistics = run.objects.last?.object("statistics")
        #expect(statistics?.object("filtered")?.number("max-aspect") == 1)
        #expect(statistics?.number("pixels") == Double(7 * 24 * 24))
        let names = tree("out").keys.filter { $0.hasSuffix(".safetensors") }
        #expect(names.sorted() == (0 ..< 4).map { "00000\($0).safetensors" })
        #expect(tokenize("--size", "24", into: "out").code == 2)
        let back = tessera(
            "detokenize", folder.file("out"), "-o", folder.file("back"), "--model", tinyModelPath,
            "--keys", "[01]*")
        #expect(back.code == 0)
        #expect(TemporaryFolder.names(in: folder.file("back")) == ["0.png", "1.png"])
        #expect(try folder.image("back/0.png").width == 24)
    }

    @Test func bothFormatsGiveTheSamePictures() throws {
        for format in ["safetensors", "webdataset"] {
            #expect(tokenize("--format", format, into: format).code == 1)
            #expect(
                tessera(
                    "detokenize", folder.file(format), "-o", folder.file(format + "-back"),
                    "--model", tinyModelPath
                ).code == 0)
            let inspected = tessera("inspect", folder.file(format), "--json")
            #expect(inspected.objects.first?.string("format") == format)
            #expect(inspected.objects.first?.number("pictures") == 7)
        }
        #expect(tree("safetensors-back") == tree("webdataset-back"))
        let shard = tessera("inspect", folder.file("webdataset/000000.tar"), "--json")
        #expect(shard.objects.first?.number("pictures") == 2)
    }

    @Test func theFirstFailureCanEndTheRun() {
        let run = tokenize("--fail-fast", "--threads", "1", "--json", into: "out")
        #expect(run.code == 1)
        #expect(run.objects.compactMap { $0.string("code") } == ["empty"])
        #expect(tree("out")["manifest.jsonl"] == nil)
    }

    @Test func aPictureThatIsTooLargeForTheMemoryFails() {
        let run = tokenize("--max-memory", "1K", into: "out")
        #expect(run.code == 1)
        #expect(failures("out").filter { $0.hasSuffix("memory-limit") }.count == 8)
        #expect(tokenize("--max-memory", "x", into: "out").code == 2)
    }

    @Test func theOutputIsNoInputOfTheNextRun() {
        let run = tokenize(into: "in/new/out")
        #expect(run.code == 2)
        #expect(run.messages.contains("choose a folder outside"))
        #expect(tokenize(into: "in-other").code == 1)
    }

    @Test func aListChoosesPictures() {
        folder.write(Array("\(folder.file("in/2.png"))\nmissing.png\n".utf8), as: "list.txt")
        let run = tessera(
            "tokenize", "--list", folder.file("list.txt"), "-o", folder.file("out"), "--model",
            tinyModelPath, "--json")
        #expect(run.code == 1)
        #expect(failures("out") == ["missing unreadable"])
        #expect(run.objects.first?.string("key") == String(folder.file("in/2").dropFirst()))
    }

    @Test func commandsRunOnlyIfAllowed() {
        let refused = tessera(
            "tokenize", "pipe:false", "-o", folder.file("out"), "--model", tinyModelPath)
        #expect(refused.code == 2)
        #expect(refused.messages.contains("--allow-commands"))
        let run = tessera(
            "tokenize", "pipe:exit {4..5}", "--allow-commands", "-o", folder.file("out"), "--model",
            tinyModelPath)
        #expect(run.code == 1)
        #expect(failures("out") == ["- command", "- command"])
    }

    @Test func progressIsJSONForPrograms() {
        let run = tokenize("--progress", "json", into: "out")
        let events = run.messages.split(separator: "\n").filter { $0.hasPrefix("{\"event\"") }
        #expect(events.last?.contains("\"event\":\"end\",\"done\":10,\"failed\":3") == true)
    }
}
