import TesseraDataset
import TesseraJSON
import Testing
import _TesseraTestSupport

/// No image of an archive disappears without a word, whatever its name.
@Suite struct SampleTests {
    let folder = TemporaryFolder()
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Looks into an archive of members that are images by their bytes.
    func archive(
        _ names: [String], _ choose: (inout SampleOptions) -> Void = { _ in }
    ) -> ArchiveItems {
        var tar = Tar()
        for name in names { tar.add(name, Self.png) }
        tar.finish()
        return archive(tar, choose)
    }

    func archive(
        _ tar: Tar, _ choose: (inout SampleOptions) -> Void = { _ in }
    ) -> ArchiveItems {
        var options = SampleOptions()
        choose(&options)
        return ArchiveItems(.file(folder.write(tar.bytes, as: "set.tar")), options: options)
    }

    @Test(arguments: [
        (["s0.image.jpg", "s0.depth.jpg", "s1.image.jpg"], ["s1"], 2, 0),
        (["s0.jpg", "s0.seg.png", "s1.seg.png", "s1.jpg"], ["s0", "s1"], 0, 2),
        (["22.05.jpg"], ["22"], 0, 0),
        (["a.0/x.jpg", "a.0/y.1.jpg", "a.0/y.2.jpg"], ["a.0/x"], 2, 0),
        (["a.jpg", "a.png", "b.jpg"], ["a", "b"], 0, 1),
        (["a.img", "b.jpe", "c.JFIF", "d.v1.bin"], ["a", "b", "c", "d"], 0, 0),
        (["a.depth", "a.jpg", "b.mask", "b.png"], ["a", "b"], 0, 2),
        (["a.heic", "a.jpg", "b.tif"], ["a", "b"], 0, 1),
        (["a.depth", "a.image.jpg", "b.depth", "b.mask"], [], 4, 0),
        (["noext", ".jpg", "x/.hidden.png", "b.jpg"], ["b"], 0, 3),
    ])
    func everyImageIsTakenOrCounted(
        names: [String], keys: [String], faultCount: Int, noteCount: Int
    ) {
        let archive = archive(names)
        #expect(archive.items.map(\.key) == keys)
        #expect(archive.faults.map(\.code) == Array(repeating: "several-images", count: faultCount))
        #expect(archive.notes.count == noteCount)
        #expect(keys.count + faultCount + noteCount == names.count)
    }

    @Test(arguments: [
        ("image", ["s0", "s1"], 2), ("depth.jpg", ["s0", "s1"], 2),
        ("depth,png", ["s0", "s1", "t"], 2),
        ("none", [], 5),
    ])
    func aNamedImageIsTaken(name: String, keys: [String], noteCount: Int) {
        let archive = archive([
            "s0.image.jpg", "s0.depth.jpg", "s1.depth.jpg", "s1.image.jpg", "t.png",
        ]) { $0.imageMember = .named(name.split(separator: ",").map(String.init)) }
        #expect(archive.items.map(\.key) == keys)
        #expect(archive.faults == [])
        #expect(archive.notes.map(\.code).count { $0 == "image-left" } == 5 - keys.count)
        #expect(noteCount >= 2)
    }

    @Test func allImagesAreItemsOfTheirOwn() {
        var tar = Tar()
        tar.add("22.05.jpg", Self.png)
        tar.add("22.05.json", Array(#"{"caption":"five"}"#.utf8))
        tar.add("22.06.jpg", Self.png)
        tar.add("22.txt", Array("all".utf8))
        tar.add("a.jpg", Self.png)
        tar.add("a.png", Self.png)
        tar.finish()
        let archive = archive(tar) { $0.imageMember = .all }
        #expect(archive.items.map(\.key) == ["22.05", "22.06", "a", "a.png"])
        #expect(archive.items.map(\.caption) == ["five", "all", nil, nil])
        #expect(archive.faults == [] && archive.notes == [])
    }

    @Test func imagesOfFormatsThatAreNotReadAreNoticed() {
        var tar = Tar()
        tar.add("1.bin", Array("RIFF0000WEBPVP8 ".utf8))
        tar.add("2.jpg", Self.png)
        tar.add("2.raw", Array("II*\u{0}".utf8))
        tar.add("3.caption", Array("BMX".utf8))
        tar.add("3.jpg", Self.png)
        tar.finish()
        let archive = archive(tar)
        #expect(archive.items.map(\.key) == ["1", "2", "3"])
        #expect(archive.notes.map(\.code) == ["image-left"])
    }

    @Test func whatSeveralImagesAreCalledIsSaid() {
        let sentence = archive(["s0.image.jpg", "s0.depth.jpg"]).faults.first?.located.sentence
        #expect(
            sentence == "'s0' has 2 images, image.jpg, depth.jpg; choose one with --image-member, "
                + "or take each with '--image-member all'")
    }

    @Test func linksAreFollowedInsideTheArchive() throws {
        var tar = Tar()
        tar.add("d/1.jpg", [1, 2, 3])
        tar.add("d/2.jpg", kind: "1", link: "./d/1.jpg")
        tar.add("d/e/3.jpg", kind: "2", link: "../2.jpg")
        tar.add("4.jpg", kind: "2", link: "d//5.jpg")
        tar.add("d/5.jpg", [4])
        tar.addRecords(["linkpath": "d/1.jpg"])
        tar.add("6.jpg", kind: "1", link: "short")
        tar.add("7.jpg", kind: "2", link: "/etc/passwd")
        tar.add("8.jpg", kind: "1", link: "../../etc/passwd")
        tar.add("9.jpg", kind: "2", link: "9.jpg")
        tar.add("device.jpg", kind: "3")
        tar.finish()
        let archive = archive(tar)
        #expect(archive.items.map(\.key) == ["d/1", "d/2", "d/e/3", "4", "d/5", "6"])
        #expect(try archive.items.map { try $0.bytes().count } == [3, 3, 3, 1, 1, 3])
        #expect(
            archive.faults.map(\.code) == ["dead-link", "dead-link", "dead-link", "not-a-file"])
        #expect(
            archive.faults[1].located.sentence
                == "the link leads to '../../etc/passwd', which is no file of the archive")
    }

    @Test func sparseMembersAreFaultsAndTheRestGoesOn() {
        var tar = Tar()
        tar.add("1.jpg", [1], kind: "S")
        // A header that says that a block with more of its map follows.
        let start = tar.bytes.count
        tar.add("2.jpg", [UInt8](repeating: 0, count: 512) + [2], kind: "S", size: "00000000001")
        tar.bytes[start + 482] = 1
        Tar.renewSums(of: &tar.bytes)
        tar.addRecords([
            "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "3.jpg",
            "path": "GNUSparseFile.0/3.jpg",
        ])
        tar.add("GNUSparseFile.0/3.jpg", [3])
        tar.add("4.jpg", [4])
        tar.finish()
        let archive = archive(tar)
        #expect(archive.items.map(\.key) == ["4"])
        #expect(archive.faults.map(\.code) == ["sparse", "sparse", "sparse"])
        #expect(archive.faults.last?.located.path.hasSuffix("/set.tar/3.jpg") == true)
    }

    @Test func pathsAndSumsOfOldProgramsAreRead() {
        var tar = Tar()
        tar.add("a//b.jpg", [1])
        tar.add("./a/./c.jpg", [2])
        tar.add("é.jpg", [3], hasSignedSum: true)
        tar.add("dir/", kind: "\u{0}")
        tar.finish()
        let archive = archive(tar)
        #expect(archive.items.map(\.key) == ["a/b", "a/c", "é"])
        #expect(archive.faults == [])
    }

    @Test(
        arguments: [
            ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
            ("bzip2", [0x42, 0x5A, 0x68, 0x39]), ("lz4", [0x04, 0x22, 0x4D, 0x18]),
        ] as [(String, [UInt8])])
    func otherCompressionsAreNamed(program: String, mark: [UInt8]) {
        let path = folder.write(mark + [1, 2, 3], as: "a.tar.\(program)")
        for path in [path, folder.write(mark + [1, 2, 3], as: "a.tar")] {
            let archive = ArchiveItems(.file(path))
            #expect(archive.faults.map(\.code) == ["unsupported"])
            #expect(
                archive.faults.first?.located.sentence
                    == "the archive is compressed by \(program), which is not read; unpack it, or "
                    + "name 'pipe:\(program) -dc FILE' with --allow-commands")
        }
        let listing = InputListing(
            searching: [folder.write(mark, as: "b.tar.xz"), folder.write(mark, as: "c.tzst")])
        #expect(TokenPlan(listing, shardSize: 1).units.count == 2)
    }

    static let badTexts: [(name: String, bytes: [UInt8], code: String)] = [
        ("json", Array("{".utf8), "json"), ("json", Array(#"{"label":[1]}"#.utf8), "label"),
        ("json", [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], "json"),
        ("txt", [0x61, 0xFF, 0x62], "encoding"), ("cls", [0xFF], "encoding"),
        ("txt", [UInt8](repeating: 0x61, count: 1 << 20 + 1), "too-long"),
    ]

    @Test(arguments: badTexts.indices)
    func aPictureIsNotLostForItsTexts(index: Int) {
        let (name, bytes, code) = Self.badTexts[index]
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("1.\(name)", bytes)
        tar.finish()
        let lenient = archive(tar)
        #expect(lenient.items.map(\.key) == ["1"] && lenient.faults == [])
        #expect(lenient.notes.map(\.code) == [code])
        let strict = archive(tar) { $0.isStrict = true }
        #expect(strict.items.isEmpty && strict.notes == [])
        #expect(strict.faults.map(\.code) == [code])
    }

    @Test func marksInFrontOfTextsAreLeftOut() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("1.json", [0xEF, 0xBB, 0xBF] + Array(#"{"label":"x"}"#.utf8))
        tar.add("1.txt", [0xEF, 0xBB, 0xBF] + Array("y".utf8))
        tar.finish()
        let item = archive(tar).items.first
        #expect(item?.label == "x" && item?.caption == "y")
    }

    @Test func otherFieldsAreKeptIfAsked() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("1.json", Array(#"{"url":"u","label":3,"caption":[],"similarity":0.5}"#.utf8))
        tar.add("2.jpg", [1])
        tar.add("2.json", Array(#"{"label":3}"#.utf8))
        tar.finish()
        #expect(archive(tar).items.map(\.fields) == [nil, nil])
        let kept = archive(tar) { $0.keepsFields = true }
        #expect(
            kept.items.map(\.fields) == [["url": "u", "caption": [], "similarity": 0.5], nil])
    }

    @Test func keysMayBeginWithTheArchive() {
        let archive = archive(["x.jpg"]) { $0.hasArchiveKeys = true }
        #expect(archive.items.map(\.key) == ["set/x"])
    }

    @Test func anArchiveThatIsCutWhileItIsReadIsAnErrorOfItsPictures() throws {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("2.jpg", [UInt8](repeating: 2, count: 100_000))
        tar.finish()
        let archive = archive(tar)
        folder.write(Array(tar.bytes[..<4096]), as: "set.tar")
        #expect(try archive.items[0].bytes() == [1])
        #expect {
            try archive.items[1].bytes()
        } throws: {
            ($0 as? DatasetError)?.code == "truncated"
        }
    }
}
