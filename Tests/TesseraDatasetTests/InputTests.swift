import Glibc
import TesseraDataset
import Testing
import _TesseraTestSupport

@Suite struct InputTests {
    let folder = TemporaryFolder()

    var tar: [UInt8] {
        var tar = Tar()
        tar.add("1.cls", Array("7\n".utf8))
        tar.add("1.jpg", Array(repeating: 1, count: 70_000))
        tar.add("1.txt", Array("a rose".utf8))
        tar.add("2.jpg", [2])
        tar.add("2.json", Array(#"{"caption":"a tree","label":"oak"}"#.utf8))
        tar.add("2.txt", Array("not this".utf8))
        tar.finish()
        return tar.bytes
    }

    @Test func labelsAndCaptionsComeFromMembers() {
        let archive = ArchiveItems(.file(folder.write(tar, as: "a.tar")))
        #expect(archive.items.map(\.label) == ["7", "oak"])
        #expect(archive.items.map(\.caption) == ["a rose", "a tree"])
    }

    @Test func gzipAndCommandsGiveWhatThePlainArchiveGives() throws {
        let plain = folder.write(tar, as: "a.tar")
        // Two members of gzip are one stream.
        let halves = gzip(Array(tar[..<900])) + gzip(Array(tar[900...]))
        for location in [
            ArchiveLocation.file(folder.write(gzip(tar), as: "a.tar.gz")),
            .file(folder.write(halves, as: "b.tgz")), .command("cat '\(plain)'"),
        ] {
            let archive = ArchiveItems(location)
            #expect(archive.faults == [])
            #expect(archive.items.map(\.key) == ["1", "2"])
            #expect(try archive.items.map { try $0.bytes().count } == [70_000, 1])
        }
    }

    @Test func whatBreaksOffKeepsWholeItems() {
        let whole = gzip(tar)
        let path = folder.write(Array(whole.dropLast(3000)), as: "a.tar.gz")
        let archive = ArchiveItems(.file(path))
        #expect(archive.items.map(\.key) == ["1"])
        #expect(archive.faults.map(\.code) == ["gzip-truncated"])
        var damaged = whole
        damaged[66_000] ^= 0xFF
        let sum = ArchiveItems(.file(folder.write(damaged, as: "b.tar.gz")))
        #expect(sum.faults.map(\.code) == ["gzip-damaged"])
        let failing = ArchiveItems(
            .command("head -c 71680 '\(folder.write(tar, as: "c.tar"))'; exit 3"))
        #expect(failing.items.map(\.key) == ["1"])
        #expect(
            failing.faults.map { $0.located.sentence } == ["the command ended with status 3"])
    }

    @Test func bracesCountAndStarsMatchWhatIsThere() {
        for name in ["a/2.jpg", "a/1.jpg", "b/1.jpg", "b/x{1..2}.jpg"] {
            folder.write([0xFF, 0xD8, 0xFF], as: name)
        }
        func keys(_ pattern: String) -> [String] {
            ImageSource(searching: [folder.file(pattern)]).items.map(\.key)
        }
        #expect(keys("*/1.jpg") == ["a/1", "b/1"])
        #expect(keys("a/{1..2}.jpg") == ["1", "2"])
        #expect(keys("{b,a}/[12].jpg") == ["1", "2"])
        #expect(keys("b/x{1..2}.jpg") == ["x{1..2}"])
        let listing = InputListing(searching: [folder.file("s/{008..011}.tar")])
        let paths = TokenPlan(listing, shardSize: 1).units.map { (unit) -> String in
            if case .archive(let location) = unit { location.path } else { "picture" }
        }
        #expect(paths == ["008", "009", "010", "011"].map { folder.file("s/\($0).tar") })
    }

    @Test func aListNamesPicturesByTheirPaths() {
        var listing = InputListing(searching: [])
        listing.add(list: Array("/data/b/1.jpg\r\n./a/1.jpg\n../c/1.jpg\nx.tar.gz\n".utf8))
        let plan = TokenPlan(listing, shardSize: 1)
        #expect(plan.faults.map(\.code) == ["unreadable", "unsafe-key"])
        let keys = plan.units.map { (unit) -> String in
            if case .pictures(let places) = unit { plan.items(places)[0].key } else { "archive" }
        }
        #expect(keys == ["data/b/1", "a/1"])
        var doubled = InputListing(searching: [])
        doubled.add(list: Array("a//b.jpg\n./c/./d.jpg\n".utf8))
        #expect(TokenPlan(doubled, shardSize: 2).items(0 ..< 2).map(\.key) == ["a/b", "c/d"])
    }

    @Test func aPlanHasTheItemsOfASource() throws {
        let names = [
            "b/1.jpg", "b-1.jpg", "b.jpg", "b/1.png", "b/1.jpg.png", "c.jpg", "B/x.jpg",
            "b/c/1.jpg",
        ]
        for name in names { folder.write([0xFF, 0xD8, 0xFF], as: "in/" + name) }
        folder.write([0xFF, 0xD8, 0xFF], as: "d/c.jpg")
        let paths = [folder.file("in"), folder.file("d/c.jpg"), folder.file("in/c.jpg")]
        let source = ImageSource(searching: paths)
        let plan = TokenPlan(InputListing(searching: paths), shardSize: 3)
        let items = plan.units.flatMap { unit in
            if case .pictures(let places) = unit { plan.items(places) } else { [ImageItem]() }
        }
        #expect(items.map(\.key) == source.items.map(\.key))
        #expect(items.map(\.path) == source.items.map(\.path))
        #expect(plan.faults == source.faults)
        #expect(plan.faults.map(\.code) == ["duplicate-key", "duplicate-key"])
        let sorted = items.map(\.path).filter { $0.contains("/in/") }
        #expect(sorted == sorted.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test(arguments: [1, 2, 3, 7])
    func everyUnitHasOneTask(count: Int) {
        for unit in 0 ..< 20 {
            #expect(
                (0 ..< count).count { JobTask(index: $0, count: count).owns(unit: unit) } == 1)
        }
    }
}
