import TesseraDataset
import Testing
import _TesseraTestSupport

@Suite struct ArchiveTests {
    let folder = TemporaryFolder()

    /// What a source finds in an archive: keys, labels, and faults without the folder's path.
    func found(_ bytes: [UInt8]) -> (keys: [String], labels: [String?], faults: [String]) {
        let path = folder.write(bytes, as: "a.tar")
        let source = ImageSource(searching: [path])
        let faults = source.faults.map { String($0.description.dropFirst(folder.path.count + 1)) }
        return (source.items.map(\.key), source.items.map(\.label), faults)
    }

    @Test func neighboursOfOneKeyAreOneItem() throws {
        var tar = Tar()
        tar.add("README")
        tar.add("a/", kind: "5")
        tar.add("a/1.JPG", [1, 2, 3])
        tar.add("a/1.json", Array(#"{"label":"x/rose","id":1}"#.utf8))
        tar.add("./a/2.seg.png", [4])
        tar.add("./a/2.png", Array(repeating: 5, count: 513))
        tar.add("./a/2.json", Array(#"{"label":7}"#.utf8))
        tar.add("link.jpg", kind: "2", link: "a/1.JPG")
        tar.add("__meta.x__", [1])
        tar.add("3.txt", [6])
        tar.add("4.webp", [7], magic: "ustar  \u{0}")
        tar.add("5.jpg", [8], prefix: "deep/er")
        tar.finish()
        let path = folder.write(tar.bytes, as: "set.tar")
        let source = ImageSource(searching: [path])
        #expect(source.faults == [])
        #expect(source.items.map(\.key) == ["a/1", "a/2.seg", "a/2", "link", "4", "deep/er/5"])
        #expect(source.items.map(\.label) == ["x/rose", "7", "7", nil, nil, nil])
        #expect(source.items[0].path == path + "/a/1.jpg")
        #expect(try source.items.map { try $0.bytes().count } == [3, 1, 513, 3, 1, 1])
    }

    @Test func longNamesComeFromGNUAndFromPax() {
        let name = String(repeating: "n", count: 120)
        var tar = Tar()
        tar.add("././@LongLink", Array("\(name)/1.jpg\u{0}".utf8), kind: "L")
        tar.add("short", [1])
        tar.addRecords(["path": "\(name)/画像/2.jpg", "mtime": "1"])
        tar.add("short", [2])
        tar.add("3.jpg", [3])
        tar.finish()
        #expect(found(tar.bytes).keys == ["\(name)/1", "\(name)/画像/2", "3"])
    }

    @Test func anArchiveWithoutItsEndGivesWhatItHasAndIsAFault() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        let result = found(tar.bytes)
        #expect(result.keys == ["1"])
        #expect(
            result.faults == [
                "a.tar: the archive ends at byte 1024 without the blocks of zeros that close it; "
                    + "what followed may be cut off"
            ])
        let source = ImageSource(searching: [folder.file("a.tar")])
        #expect(source.faults.map(\.code) == ["tar-truncated"])
    }

    @Test(arguments: [0, 512, 10_240])
    func anArchiveWithNothingInItIsAFault(zeroCount: Int) {
        let path = folder.write([UInt8](repeating: 0, count: zeroCount), as: "a.tar")
        let source = ImageSource(searching: [path])
        #expect(source.items.isEmpty && source.faults.map(\.code) == ["tar-empty"])
    }

    @Test func anArchiveBehindAnotherIsReadOn() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.finish()
        tar.add("2.jpg", [2])
        tar.finish()
        let result = found(tar.bytes + [UInt8](repeating: 7, count: 600))
        #expect(result.keys == ["1", "2"])
        #expect(result.faults == [])
    }

    @Test func anArchiveThatBreaksOffKeepsWholeItems() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("2.jpg", Array(repeating: 2, count: 600))
        for (count, keys, needed) in [(1024 + 100, [], 512), (1536 + 100, ["1"], 600)] {
            let result = found(Array(tar.bytes[..<count]))
            #expect(result.keys == keys)
            #expect(
                result.faults == [
                    "a.tar: the archive ends inside what begins at byte "
                        + "\(needed == 512 ? 1024 : 1536): \(needed) bytes are needed, but only "
                        + "100 follow"
                ])
        }
    }

    @Test func everyPrefixIsReadWithoutATrap() {
        var tar = Tar()
        tar.addRecords(["path": "a/1.jpg", "size": "3"])
        tar.add("x", [1, 2, 3])
        tar.add("a/1.json", Array("{}".utf8))
        // The picture ends at byte 1539, the header of its JSON begins at 2048, the JSON at 2560.
        for count in tar.bytes.indices where count % 7 == 0 || count % 512 < 4 {
            let isWhole = (1539 ... 2048).contains(count) || count >= 2562
            #expect(found(Array(tar.bytes[..<count])).keys == (isWhole ? ["a/1"] : []))
        }
    }

    @Test func aBrokenHeaderEndsTheArchive() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("2.jpg", [2])
        tar.add("3.jpg", [3])
        tar.bytes[1024] ^= 1
        let result = found(tar.bytes)
        #expect(
            result.faults == [
                "a.tar: the header at byte 1024 does not have the sum that it claims; the archive "
                    + "may be damaged, or not be tar"
            ])
    }

    @Test(arguments: [
        (
            "77777777777",
            "the archive ends inside what begins at byte 512: 8589934591 bytes are needed, but only "
                + "512 follow"
        ),
        ("99999999999", "the size in the header at byte 0 is not a number"),
        ("0000000000x", "the size in the header at byte 0 is not a number"),
    ])
    func sizesAreComparedWithWhatIsThere(size: String, sentence: String) {
        var tar = Tar()
        tar.add("1.jpg", [1], size: size)
        #expect(found(tar.bytes).faults == ["a.tar: " + sentence])
    }

    @Test(arguments: [(3, nil), (1 << 40, "1099511627776"), (-1, "")] as [(Int, String?)])
    func sizesMayBeBinary(size: Int, needed: String?) throws {
        var tar = Tar()
        tar.add("1.jpg", [1, 2, 3], binarySize: size)
        tar.finish()
        let result = found(tar.bytes)
        #expect(result.keys == (needed == nil ? ["1"] : []))
        #expect(result.faults.first?.contains(needed ?? "?") ?? (needed == nil))
    }

    @Test(arguments: ["9223372036854775807", "-1", "a"])
    func sizesOfPaxHeadersAreBoundedToo(size: String) {
        var tar = Tar()
        tar.addRecords(["size": size])
        tar.add("1.jpg", [1])
        let result = found(tar.bytes)
        #expect(result.keys == [])
        #expect(result.faults.count == 1)
    }

    @Test(arguments: ["5 a=b\n", "99 a=b\n", "x a=b\n", "6 abc\n", "0 a=b\n"])
    func recordsThatAreNoneAreAFault(record: String) {
        var tar = Tar()
        tar.add("x", Array(record.utf8), kind: "x")
        tar.add("1.jpg", [1])
        #expect(
            found(tar.bytes).faults == [
                "a.tar: the extended header at byte 0 is not a list of records"
            ])
    }

    @Test func itemsThatCannotBeUsedAreListedAndTheRestGoesOn() {
        var tar = Tar()
        tar.add("1.jpg", [1])
        tar.add("1.jpg", [1])
        tar.add("2.jpg", [2])
        tar.add("3.jpg", [3])
        tar.add("2.json", Array("{}".utf8))
        tar.add("../4.jpg", [4])
        tar.add("/5.jpg", [5])
        tar.add("6.jpg", [6])
        tar.add("6.json", Array("{".utf8))
        tar.add("7.jpg", [7])
        tar.add("7.json", Array(#"{"label":[1]}"#.utf8))
        tar.add("8.jpg", [8])
        tar.finish()
        let result = found(tar.bytes)
        #expect(result.keys == ["2", "3", "6", "7", "8"])
        #expect(
            result.faults == [
                "a.tar: '1' has two members '.jpg'; keep one of the two",
                "a.tar: the members of '2' do not follow each other; write the archive sorted "
                    + "by name",
                "a.tar/../4.jpg: the key '../4' would leave the folder of the outputs; rename "
                    + "the item",
                "a.tar//5.jpg: the key '/5' would leave the folder of the outputs; rename the item",
            ])
    }
}
