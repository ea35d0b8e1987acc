import Glibc
import TesseraCLI
import TesseraFiles
import TesseraJSON
import Testing
import _TesseraTestSupport

/// Data sets as they are found, and folders of tokens as they are left.
@Suite struct DataSetTests {
    let folder = TemporaryFolder()

    func tokenize(_ inputs: [String], _ arguments: String..., into name: String = "out") -> Ran {
        tessera(
            ["tokenize"] + inputs.map { folder.file($0) }
                + ["-o", folder.file(name), "--model", tinyModelPath] + arguments)
    }

    /// Makes pictures of 16 x 16 and gives the bytes of each.
    @discardableResult
    func pictures(_ names: [String]) -> [[UInt8]] {
        names.enumerated().map { index, name in
            folder.picture(name, width: 16, height: 16, seed: UInt64(index))
            return folder.read(name)
        }
    }

    func bytes(_ name: String = "out") -> [String: [UInt8]] {
        Dictionary(
            uniqueKeysWithValues: TemporaryFolder.names(in: folder.file(name)).map {
                ($0, folder.read("\(name)/\($0)"))
            })
    }

    /// The lines of a shard.
    func lines(_ name: String = "out/000000.jsonl") -> [JSONObject] {
        String(decoding: folder.read(name), as: UTF8.self).split(separator: "\n").compactMap {
            guard case .object(let object)? = try? JSONValue(parsing: Array($0.utf8)) else {
                return nil
            }
            return object
        }
    }

    @Test(arguments: ["safetensors", "webdataset"], ["missing", "empty", "cut"])
    func shardsThatAreNotWholeAreMadeAgain(format: String, damage: String) throws {
        pictures((0 ..< 6).map { "in/\($0).png" })
        let arguments = ["--shard-size", "2", "--format", format, "--json"]
        func run() -> Ran {
            tessera(
                ["tokenize", folder.file("in"), "-o", folder.file("out"), "--model", tinyModelPath]
                    + arguments)
        }
        #expect(run().code == 0)
        let whole = bytes()
        for name in whole.keys where name.hasPrefix("00000") {
            let content = whole[name] ?? []
            if damage == "missing" {
                try #require(remove(folder.file("out/\(name)")) == 0)
            } else {
                folder.write(damage == "cut" ? content.dropLast(9) : [], as: "out/\(name)")
            }
            let again = run()
            #expect(again.code == 0)
            #expect(bytes() == whole, "\(name)")
            #expect(again.objects.last?.object("summary")?.number("done") == 2)
        }
    }

    @Test func hashesAreComparedIfAsked() {
        pictures(["in/1.png", "in/2.png"])
        #expect(tokenize(["in"]).code == 0)
        let whole = bytes()
        var changed = whole["000000.safetensors"] ?? []
        changed[changed.count - 30] ^= 1
        folder.write(changed, as: "out/000000.safetensors")
        #expect(tokenize(["in"]).code == 0)
        #expect(bytes() != whole)
        let verified = tokenize(["in"], "--verify")
        #expect(verified.code == 0 && verified.messages.contains("the shard is made again"))
        #expect(bytes() == whole)
        #expect(tokenize(["in"], "--verify").messages.contains("2 skipped"))
    }

    @Test func aFolderNamesItsDamagedFiles() {
        pictures(["in/1.png"])
        #expect(tokenize(["in"]).code == 0)
        folder.write([], as: "out/000000.safetensors")
        let object = tessera("inspect", folder.file("out"), "--json").objects.first
        #expect(object?["complete"] == false)
        #expect(object?["damaged"] == ["000000.safetensors"])
    }

    /// Writes archives that each have a picture 'x'.
    func writeTwins() {
        for (name, bytes) in zip(["a.tar", "b.tar"], pictures(["1.png", "2.png"])) {
            folder.write(tar(["x.png": bytes]), as: name)
        }
    }

    @Test func keysOfArchivesDiffer() {
        writeTwins()
        for _ in 0 ..< 2 {
            let run = tokenize(["a.tar", "b.tar"])
            #expect(run.code == 2)
            #expect(run.messages.contains("the key 'x' of"))
            #expect(run.messages.contains("--archive-keys"))
        }
        let copied = tessera(
            "tokens", "select", folder.file("out"), "--count", "2", "--model", tinyModelPath,
            "--tokens", folder.file("copy"))
        #expect(copied.code == 2)
        #expect(copied.messages.contains("the key 'x' of"))
        for index in 0 ..< 2 {
            let run = tokenize(
                ["a.tar", "b.tar"], "--task-count", "2", "--task-index", "\(index)", into: "tasks")
            #expect(run.code == (index == 0 ? 0 : 2))
        }
        #expect(bytes("tasks")["manifest.jsonl"] == nil)
        let run = tokenize(["a.tar", "b.tar"], "--archive-keys", into: "named")
        #expect(run.code == 0)
        #expect(lines("named/000000-000.jsonl").map { $0.string("key") } == ["a/x"])
        #expect(lines("named/000001-000.jsonl").map { $0.string("key") } == ["b/x"])
    }

    @Test func aKeyThatComesTwiceOverwritesNothing() {
        writeTwins()
        for (index, name) in ["a.tar", "b.tar"].enumerated() {
            #expect(tokenize([name], into: "out\(index)").code == 0)
        }
        let back = tessera(
            "detokenize", folder.file("out0"), folder.file("out1"), "-o", folder.file("back"),
            "--model", tinyModelPath, "--json")
        #expect(back.code == 1)
        #expect(back.messages.contains("1 picture in"))
        #expect(back.messages.contains("the picture before had this key too"))
        #expect(back.objects.last?.object("summary")?.number("failed") == 1)
    }

    @Test func countsAreTrueWhereAShardIsMissing() throws {
        pictures((0 ..< 5).map { "in/\($0).png" })
        #expect(tokenize(["in"], "--shard-size", "2").code == 0)
        try #require(remove(folder.file("out/000001.safetensors")) == 0)
        let back = tessera(
            "detokenize", folder.file("out"), "-o", folder.file("back"), "--model", tinyModelPath)
        #expect(back.code == 1)
        #expect(back.messages.contains("3 pictures in"))
        #expect(back.messages.contains(", 1 failed"))
        for name in ["000000", "000002"] {
            try #require(remove(folder.file("out/\(name).safetensors")) == 0)
        }
        let nothing = tessera(
            "detokenize", folder.file("out"), "-o", folder.file("none"), "--model", tinyModelPath)
        #expect(nothing.messages.contains("0 pictures in"))
        #expect(nothing.messages.contains(", 3 failed"))
    }

    @Test func aPictureThatComesLaterChangesNoFinishedKey() {
        pictures(["in/a.png", "in/b.jpg"])
        #expect(tokenize(["in"]).code == 0)
        folder.picture("in/b.png", width: 16, height: 16, seed: 3)
        let again = tokenize(["in"], "--json")
        #expect(again.code == 0)
        #expect(again.objects.last?.object("summary")?.number("done") == 1)
        #expect(lines().map { $0.string("key") } == ["a", "b", "b.png"])
        #expect(tokenize(["in"], into: "clean").code == 0)
        #expect(bytes() == bytes("clean"))
    }

    @Test func textsThatCannotBeReadAreCounted() {
        let png = pictures(["1.png"])[0]
        folder.write(
            tar([
                "a.png": png, "a.txt": [0xFF], "b.png": png, "b.json": Array("{".utf8),
                "b.seg.png": png,
            ]), as: "a.tar")
        let run = tokenize(["a.tar"], "--json")
        #expect(run.code == 0)
        #expect(
            run.objects.filter { $0.string("note") != nil }.map { $0.string("code") }
                == ["encoding", "image-left", "json"])
        let noted = run.objects.last?.object("statistics")?.object("noted")
        #expect(noted == ["encoding": 1, "image-left": 1, "json": 1])
        let strict = tokenize(["a.tar"], "--sidecars", "strict", "--json", into: "strict")
        #expect(strict.code == 1)
        #expect(strict.objects.last?.object("summary")?.number("failed") == 2)
        let all = tokenize(["a.tar"], "--image-member", "all", into: "all")
        #expect(all.code == 0)
        #expect(lines("all/000000-000.jsonl").map { $0.string("key") } == ["a", "b", "b.seg"])
        #expect(tokenize(["a.tar"], into: "all").code == 2)
    }

    @Test func textsBesidePicturesAreTakenAlong() {
        pictures(["in/00000/01.png", "in/dog/2.png"])
        folder.write(Array("a rose\n".utf8), as: "in/00000/01.txt")
        folder.write(
            Array(#"{"key":"01","caption":"a rose","url":"u"}"#.utf8), as: "in/00000/01.json")
        folder.write(Array("a dog".utf8), as: "in/dog/2.txt")
        #expect(tokenize(["in"], "--keep-fields").code == 0)
        #expect(lines().map { $0.string("caption") } == ["a rose", "a dog"])
        #expect(lines().map { $0.string("label") } == [nil, "dog"])
        #expect(lines()[0].object("fields") == ["key": "01", "url": "u"])
        #expect(lines()[1].object("fields") == nil)
    }

    @Test(arguments: ["jsonl", "csv"])
    func tablesOfFoldersAreRead(fileExtension: String) {
        pictures(["in/train/0.png", "in/train/sub/1.png", "in/train/sub/2.png"])
        let table =
            fileExtension == "jsonl"
            ? #"{"file_name":"0.png","text":"a \"b\", c","label":3}"# + "\n"
                + #"{"file_name":"sub/1.png","text":"d","label":"e"}"# + "\n"
            : "file_name,text,label\r\n0.png,\"a \"\"b\"\", c\",3\r\nsub/1.png,d,e"
        folder.write(Array(table.utf8), as: "in/train/metadata.\(fileExtension)")
        #expect(tokenize(["in"], "--keep-fields").code == 0)
        #expect(lines().map { $0.string("caption") } == [#"a "b", c"#, "d", nil])
        #expect(lines().map { $0.string("label") } == ["3", "e", "sub"])
        #expect(lines().allSatisfy { $0["fields"] == nil })
    }

    @Test func tablesThatCannotBeReadAreCounted() {
        pictures(["in/0.png", "in/1.png"])
        folder.write(
            Array("{\"file_name\":\"0.png\",\"caption\":\"a\"}\n{x\n".utf8), as: "in/metadata.jsonl"
        )
        let run = tokenize(["in"], "--json")
        #expect(run.code == 0)
        #expect(run.objects.last?.object("statistics")?.object("noted") == ["json": 1])
        #expect(lines().map { $0.string("caption") } == ["a", nil])
        #expect(tokenize(["in"], "--sidecars", "strict", into: "strict").code == 1)
    }
}

/// A tar archive of files, sorted by their names.
private func tar(_ files: [String: [UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset ..< offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put(String(content.count, radix: 8), at: 124)
        put("        ", at: 148)
        put("0", at: 156)
        put(String(header.reduce(0) { $0 + Int($1) }, radix: 8) + "\0", at: 148)
        bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
}
