import TesseraJSON
import TesseraFiles
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

    /// Writes pictures, four to a shard.
    @discardableResult
    func write(
        _ numbers: Range<Int>, vocabulary: [Int] = [256, 16],
        container: TokenContainer = .safetensors, shards: Range<Int>? = nil,
        into name: String = "out"
    ) throws -> TokenSummary {
        let writer = try TokenFolder(
            path: folder.file(name),
            job: TokenJob(origin: origin(vocabulary), container: container, shardSize: 4))
        var listing = InputListing(searching: [])
        for number in numbers {
            listing.add(ImageItem(key: "set/\(number)", path: "-", bytes: []))
        }
        let plan = TokenPlan(listing, shardSize: 4)
        for (unit, content) in plan.units.enumerated() {
            guard case .pictures(let places) = content, shards?.contains(unit) ?? true else {
                continue
            }
            let items = plan.items(places)
            var draft = ShardDraft(
                shard: TokenPlan.shardName(unit: unit), inputs: ShardInputs(keys: items.map(\.key)))
            draft.grids = items.map {
                let (grid, item) = picture(Int($0.key.dropFirst(4)) ?? -1, vocabulary)
                return StoredGrid(grid, for: item)
            }
            try writer.write(draft)
        }
        return try writer.summarize(plan)
    }

    @Test(arguments: [[256, 16], [2], [65536, 257, 3]], TokenContainer.allCases)
    func gridsAreReadAsTheyWereWritten(vocabulary: [Int], container: TokenContainer) throws {
        let summary = try write(0 ..< 20, vocabulary: vocabulary, container: container)
        #expect(summary.missingUnitCount == 0 && summary.sums.itemCount == 20)
        let manifest = try TokenManifest(folder: out)
        #expect(manifest.origin == origin(vocabulary))
        var numbers: [String] = []
        for entry in manifest.files {
            let file = try entry.open(in: out)
            #expect(file.items.count == entry.itemCount && entry.itemCount <= 4)
            for (index, item) in file.items.enumerated() {
                let (grid, expected) = picture(Int(item.key.dropFirst(4)) ?? -1, vocabulary)
                #expect(item == expected)
                #expect(try file.grid(at: index) == grid)
                numbers.append(item.key)
            }
        }
        #expect(Set(numbers).count == 20 && numbers.count == 20)
        #expect(
            manifest.files.map(\.name).prefix(2)
                == (container == .webdataset
                    ? ["000000.tar", "000001.tar"]
                    : ["000000-2x3.safetensors", "000000-3x1.safetensors"]))
    }

    @Test(arguments: TokenContainer.allCases)
    func whatWasKilledIsCompletedToTheSameBytes(container: TokenContainer) throws {
        try write(0 ..< 20, container: container, into: "whole")
        let begun = try write(0 ..< 20, container: container, shards: 1 ..< 3)
        #expect(begun.missingUnitCount == 3)
        #expect(TemporaryFolder.names(in: out).contains("manifest.jsonl") == false)
        // What is there can be read all the same, and what was half done is no obstacle.
        #expect(try TokenManifest(folder: out).files.reduce(0) { $0 + $1.itemCount } == 8)
        folder.write([1, 2, 3], as: "out/000000-9x9.safetensors")
        folder.write([1, 2, 3], as: "out/.tessera-1-1.tmp")
        try write(0 ..< 20, container: container, shards: 0 ..< 1)
        try write(0 ..< 20, container: container, shards: 3 ..< 5)
        let names = TemporaryFolder.names(in: folder.file("whole"))
        #expect(TemporaryFolder.names(in: out) == names)
        for name in names { #expect(folder.read("out/" + name) == folder.read("whole/" + name)) }
    }

    @Test func aShardThatCannotBeWrittenLeavesNothing() throws {
        folder.write([1], as: "out/000000-3x1.jsonl/x")
        #expect(throws: DatasetError.self) { try write(0 ..< 4) }
        #expect(TemporaryFolder.names(in: out) == ["000000-3x1.jsonl", "job.json"])
    }

    @Test func aShardThatIsReplacedLeavesNoOldFile() throws {
        try write(0 ..< 4)
        let writer = try TokenFolder(path: out, job: TokenJob(origin: origin(), shardSize: 4))
        var draft = ShardDraft(shard: "000000", inputs: ShardInputs(keys: ["set/1"]))
        let (grid, item) = picture(1, [256, 16])
        draft.grids = [StoredGrid(grid, for: item)]
        try writer.write(draft)
        #expect(
            TemporaryFolder.names(in: out)
                == [
                    "000000.json", "000000.jsonl", "000000.safetensors", "failures.jsonl",
                    "job.json",
                ])
    }

    @Test func tasksOfOneJobShareAFolderAndOthersDoNot() throws {
        func open(_ index: Int, _ count: Int) throws(DatasetError) -> TokenFolder {
            try TokenFolder(
                path: out, job: TokenJob(origin: origin(), shardSize: 4),
                task: JobTask(index: index, count: count))
        }
        let first = try open(0, 2)
        let second = try open(1, 2)
        for (index, count) in [(0, 1), (0, 2), (1, 2), (0, 3), (2, 3)] {
            expect(
                "\(out): another process writes token shards here; wait for it, or choose another "
                    + "folder; tasks of one job have one --task-count and an index each"
            ) { () throws(DatasetError) in _ = try open(index, count) }
        }
        withExtendedLifetime((first, second)) {}
    }

    @Test func aFolderOfAnotherJobIsNotMixedUnlessItBeginsAnew() throws {
        try write(0 ..< 3)
        expect(
            "\(out): the shards have the model hash abc, but the model gives def; use the same "
                + "model, or choose another folder"
        ) { () throws(DatasetError) in
            _ = try TokenFolder(
                path: out, job: TokenJob(origin: origin(model: "def"), shardSize: 4))
        }
        let other = TokenJob(origin: origin(), shardSize: 4, preparation: ["size": 64])
        expect(
            "\(out): the folder was begun with the size none, but this run has 64; use the same "
                + "options, another folder, or --overwrite"
        ) { () throws(DatasetError) in _ = try TokenFolder(path: out, job: other) }
        _ = try TokenFolder(path: out, job: other, isOverwriting: true)
        #expect(TemporaryFolder.names(in: out) == ["job.json"])
        _ = try TokenFolder(path: out, job: other)
        folder.write([], as: "old/manifest.jsonl")
        expect(
            "\(folder.file("old")): the folder holds token shards of an unknown job; choose another "
                + "one, or begin anew with --overwrite"
        ) { () throws(DatasetError) in _ = try TokenFolder(path: folder.file("old"), job: other) }
    }

    @Test func aFolderWithoutAManifestIsNoSetOfShards() {
        expect(
            "\(folder.path): the folder has no job.json and no manifest.jsonl; name a folder that "
                + "'tessera tokenize' wrote"
        ) { () throws(DatasetError) in _ = try TokenManifest(folder: folder.path) }
    }

    @Test func aShardThatWasChangedIsNotTheOneInTheManifest() throws {
        try write(0 ..< 1)
        let manifest = try TokenManifest(folder: out)
        var bytes = folder.read("out/000000.safetensors")
        bytes[bytes.count - 1] ^= 1
        let path = folder.write(bytes, as: "out/000000.safetensors")
        let found = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
        expect(
            "\(path): the file has the SHA-256 \(found), but the manifest names "
                + "\(manifest.files[0].sha256); 'tessera tokenize --verify' makes it again"
        ) { () throws(DatasetError) in _ = try manifest.files[0].open(in: out) }
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
        ("\"000000.safetensors\"", "\"../x.tar\"", "line 1 has no 'file' of the right kind"),
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
                {"file":"000000.safetensors","items":1,"height":3,"width":1,"sha256":"\(hash)",\
                "format":1,"model":"abc","modelName":"example","vocabulary":[256,16],\
                "pixelsPerToken":8}

                """)
        #expect(
            String(decoding: folder.read("out/000000.jsonl"), as: UTF8.self)
                == "{\"key\":\"set/0\",\"width\":8,\"height\":17}\n")
    }
}
