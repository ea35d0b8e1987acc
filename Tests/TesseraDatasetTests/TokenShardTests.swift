import TesseraCheckpoint
import TesseraDataset
import TesseraTokens
import Testing
import _TesseraTestSupport

/// A picture of its own for each number, with a grid whose codes name it.
private func picture(_ number: Int, _ vocabulary: [Int]) -> (grid: TokenGrid, item: TokenItem) {
    let (height, width) = number % 3 == 0 ? (17, 8) : (16, 24)
    let (rows, columns) = ((height + 7) / 8, (width + 7) / 8)
    let codes = (0 ..< rows * columns * vocabulary.count).map {
        Int32(($0 * 31 + number * 7) % vocabulary[$0 % vocabulary.count])
    }
    return (
        TokenGrid(height: rows, width: columns, vocabulary: vocabulary, codes: codes),
        TokenItem(
            key: "set/\(number)", label: number % 2 == 0 ? nil : "odd \"\(number)\"", width: width,
            height: height)
    )
}

@Suite struct TokenShardTests {
    let folder = TemporaryFolder()
    var out: String { folder.file("out") }

    func origin(_ vocabulary: [Int] = [256, 16], model: String = "abc") -> TokenOrigin {
        TokenOrigin(
            model: model, modelName: "example", vocabulary: vocabulary, pixelsPerToken: 8)
    }

    /// Writes pictures until some shards are done, as if the process were killed then.
    func write(
        _ numbers: Range<Int>, vocabulary: [Int] = [256, 16], upToShard limit: Int = .max,
        into name: String = "out"
    ) throws {
        let writer = try TokenShardWriter(
            folder: folder.file(name), origin: origin(vocabulary), itemsPerShard: 4)
        for number in numbers {
            let (grid, item) = picture(number, vocabulary)
            if writer.finishedKeys.contains(item.key) { continue }
            try writer.add(grid, for: item)
            if writer.manifest.shards.count >= limit { return }
        }
        try writer.finish()
    }

    @Test(arguments: [[256, 16], [2], [65536, 257, 3]])
    func gridsAreReadAsTheyWereWritten(vocabulary: [Int]) throws {
        try write(0 ..< 20, vocabulary: vocabulary)
        let manifest = try TokenManifest(folder: out)
        #expect(manifest.origin == origin(vocabulary))
        var numbers: [String] = []
        for entry in manifest.shards {
            let shard = try manifest.open(entry, in: out)
            #expect(shard.items.count == entry.itemCount && entry.itemCount <= 4)
            for (index, item) in shard.items.enumerated() {
                let (grid, expected) = picture(
                    Int(item.key.dropFirst(4)) ?? -1, vocabulary)
                #expect(item == expected)
                #expect(try shard.grid(at: index) == grid)
                numbers.append(item.key)
            }
        }
        #expect(Set(numbers).count == 20 && numbers.count == 20)
        #expect(manifest.shards.map(\.name).prefix(2) == ["000000", "000001"])
    }

    @Test(arguments: 0 ... 4)
    func aRunThatWasKilledResumesToTheSameBytes(shardCount: Int) throws {
        try write(0 ..< 20, into: "whole")
        if shardCount > 0 { try write(0 ..< 20, upToShard: shardCount) }
        folder.write([1, 2, 3], as: "out/00000\(shardCount).safetensors")
        try write(0 ..< 20)
        let names = TemporaryFolder.names(in: folder.file("whole"))
        #expect(names.count == 13)
        #expect(TemporaryFolder.names(in: out) == names)
        for name in names { #expect(folder.read("out/" + name) == folder.read("whole/" + name)) }
    }

    @Test func theFullestShardIsWrittenWhenMemoryRunsOut() throws {
        let writer = try TokenShardWriter(
            folder: out, origin: origin(), itemsPerShard: 100, openCodeLimit: 60)
        for number in 0 ..< 12 {
            let (grid, item) = picture(number, [256, 16])
            try writer.add(grid, for: item)
        }
        #expect(writer.manifest.shards.map(\.itemCount) == [4, 4])
        try writer.finish()
        #expect(writer.manifest.shards.reduce(0) { $0 + $1.itemCount } == 12)
        #expect(writer.finishedKeys.count == 12)
    }

    @Test func aFolderTakesOneWriterAtATime() throws {
        let writer = try TokenShardWriter(folder: out, origin: origin())
        expect(
            "\(out): another process writes token shards here; wait for it, or choose another "
                + "folder"
        ) { () throws(DatasetError) in _ = try TokenShardWriter(folder: out, origin: origin()) }
        try writer.finish()
    }

    @Test func shardsOfAnotherModelAreNotMixed() throws {
        try write(0 ..< 3)
        expect(
            "\(out): the shards have the model hash abc, but the model gives def; use the same "
                + "model, or choose another folder"
        ) { () throws(DatasetError) in
            _ = try TokenShardWriter(folder: out, origin: origin(model: "def"))
        }
        expect("\(out): the folder already holds token shards; choose another one, or resume") {
            () throws(DatasetError) in
            _ = try TokenShardWriter(folder: out, origin: origin(), isResuming: false)
        }
    }

    @Test func aFolderWithoutAManifestIsNoSetOfShards() {
        expect(
            "\(folder.path): the folder has no manifest.jsonl; name a folder that 'tessera "
                + "tokenize' wrote"
        ) { () throws(DatasetError) in _ = try TokenManifest(folder: folder.path) }
    }

    @Test func aShardThatWasChangedIsNotTheOneInTheManifest() throws {
        try write(0 ..< 3)
        let manifest = try TokenManifest(folder: out)
        var bytes = folder.read("out/000000.safetensors")
        bytes[bytes.count - 1] ^= 1
        let path = folder.write(bytes, as: "out/000000.safetensors")
        let found = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
        expect(
            "\(path): the file has the SHA-256 \(found), but the manifest names "
                + "\(manifest.shards[0].sha256); write the tokens again into another folder"
        ) { () throws(DatasetError) in _ = try manifest.open(manifest.shards[0], in: out) }
    }

    @Test func aCodeOutsideItsVocabularyIsAnError() throws {
        try write(0 ..< 1)
        var bytes = folder.read("out/000000.safetensors")
        bytes[bytes.count - 1] = 16
        let path = folder.write(bytes, as: "out/000000.safetensors")
        let shard = try TokenShard(path: path)
        expect("\(path): 'set/0' has the code 16 in slot 1, whose vocabulary has 16 codes") {
            () throws(DatasetError) in _ = try shard.grid(at: 0)
        }
    }

    @Test(arguments: [
        (
            #"{"key":"set/0","width":9,"height":17}"#,
            "000000.safetensors: the line of 'set/0' and the tensor 'sizes' name different sizes"
        ),
        ("", "000000.safetensors: the lines describe 0 pictures, but the shard has 1"),
        (
            #"{"key":"../x","width":8,"height":17}"#,
            "000000.jsonl: the key '../x' would leave the folder of the outputs"
        ),
        (
            #"{"key":"x","width":0,"height":17}"#,
            "000000.jsonl: line 1 has no 'width' of the right kind"
        ),
        (#"{"key":"x","width":8}"#, "000000.jsonl: line 1 has no 'height' of the right kind"),
        (#"{"width":8,"height":17}"#, "000000.jsonl: line 1 has no 'key' of the right kind"),
        ("{", "000000.jsonl: line 1, column 2: the JSON text ends inside a value"),
    ])
    func linesThatDoNotFitTheirShardAreErrors(line: String, sentence: String) throws {
        try write(0 ..< 1)
        folder.write(Array(line.utf8), as: "out/000000.jsonl")
        expect("\(out)/\(sentence)") { () throws(DatasetError) in
            _ = try TokenShard(path: out + "/000000.safetensors")
        }
    }

    @Test(arguments: [
        ("format", "2", "the format is 2, but this version of tessera reads 1"),
        (
            "vocabulary", "a",
            "the metadata has no 'vocabulary' that can be read; tessera writes it into its shards"
        ),
        (
            "vocabulary", "256,16,2",
            "the tokens have shape [1, 3, 1, 2], but must have [n, h, w, 3]"
        ),
        (
            "pixelsPerToken", "4",
            "'set/0' has 17 x 8 pixels, which a grid of 3 x 1 tokens does not cover exactly"
        ),
    ])
    func metadataThatDoesNotFitIsAnError(key: String, text: String, sentence: String) throws {
        try write(0 ..< 1)
        let path = out + "/000000.safetensors"
        let file = try SafetensorsFile(path: path)
        var metadata = file.metadata
        metadata[key] = text
        var writer = SafetensorsWriter(metadata: metadata)
        for name in file.names { try writer.copy(name, from: file) }
        try writer.write(to: path)
        expect("\(path): \(sentence)") { () throws(DatasetError) in _ = try TokenShard(path: path) }
    }

    @Test(arguments: [
        ("\"000000\"", "\"../x\"", "line 1 has no 'shard' of the right kind"),
        ("\"items\":1", "\"items\":0", "line 1 has no 'items' of the right kind"),
        ("\"format\":1", "\"format\":9", "the format is 9, but this version of tessera reads 1"),
        ("[256,16]", "[256,70000]", "line 1 has no 'vocabulary' of the right kind"),
    ])
    func aManifestIsCheckedLineByLine(old: String, new: String, sentence: String) throws {
        try write(0 ..< 1)
        let text = String(decoding: folder.read("out/manifest.jsonl"), as: UTF8.self)
        folder.write(Array(text.replacing(old, with: new).utf8), as: "out/manifest.jsonl")
        expect("\(out)/manifest.jsonl: \(sentence)") { () throws(DatasetError) in
            _ = try TokenManifest(folder: out)
        }
    }

    @Test func theManifestIsReadable() throws {
        try write(0 ..< 1)
        let text = String(decoding: folder.read("out/manifest.jsonl"), as: UTF8.self)
        let hash = folder.read("out/000000.safetensors").withUnsafeBytes {
            SHA256.hexDigest(of: $0)
        }
        #expect(
            text == """
                {"format":1,"shard":"000000","items":1,"height":3,"width":1,"sha256":"\(hash)",\
                "model":"abc","modelName":"example","vocabulary":[256,16],"pixelsPerToken":8}

                """)
        #expect(
            String(decoding: folder.read("out/000000.jsonl"), as: UTF8.self)
                == "{\"key\":\"set/0\",\"width\":8,\"height\":17}\n")
    }
}
