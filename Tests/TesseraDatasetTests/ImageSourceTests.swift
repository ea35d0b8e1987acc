import Glibc
import TesseraDataset
import TesseraFiles
import Testing
import _TesseraTestSupport

@Suite struct ImageSourceTests {
    let folder = TemporaryFolder()
    let jpeg: [UInt8] = [0xff, 0xd8, 0xff, 0xe0]

    @Test func foldersAreSearchedInTheOrderOfTheirPaths() throws {
        for name in ["b/2.jpg", "b/10.jpg", "a.jpg", "b/c/d.jpeg", "B.png"] {
            folder.write(jpeg, as: name)
        }
        folder.write(Array("text".utf8), as: "README.md")
        folder.write(jpeg, as: ".hidden.jpg")
        folder.write(jpeg, as: ".git/x.jpg")
        folder.write(jpeg, as: "picture")
        let source = ImageSource(searching: [folder.path])
        #expect(source.faults == [])
        #expect(source.items.map(\.key) == ["B", "a", "b/10", "b/2", "b/c/d", "picture"])
        #expect(source.items.map(\.label) == [nil, nil, "b", "b", "c", nil])
        #expect(source.items[2].path == folder.path + "/b/10.jpg")
        #expect(try source.items[2].bytes() == jpeg)
        #expect(ImageSource(searching: [folder.path + "/"]).items.map(\.path).count == 6)
    }

    @Test func whatIsNamedAPictureIsNotPassedOver() {
        folder.write([], as: "empty.jpg")
        folder.write(Array("<html>".utf8), as: "page.png")
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["empty", "page"])
        let text = folder.write(Array("text".utf8), as: "README.md")
        #expect(ImageSource(searching: [text]).items.map(\.key) == ["README"])
    }

    @Test(arguments: ["tif", "avif", "HEIC", "jp2", "jxl", "cr2"])
    func picturesOfOtherFormatsAreFaultsAndTakeNoKey(fileExtension: String) {
        let other = folder.write(Array("other".utf8), as: "a.\(fileExtension)")
        folder.write(jpeg, as: "a.jpg")
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["a"])
        #expect(
            source.faults.map(\.description) == [
                "\(other): pictures of this format are not read, but only PNG and JPEG; convert it "
                    + "first"
            ])
        #expect(source.faults.map(\.code) == ["unsupported"])
        folder.write(jpeg, as: "a.\(fileExtension)")
        #expect(ImageSource(searching: [folder.path]).items.count == 2)
    }

    @Test(arguments: ["TIFF", "gif", "jfif", "jpe", "mpo"])
    func picturesAreKnownByTheirNames(fileExtension: String) {
        folder.write(Array("other".utf8), as: "a.\(fileExtension)")
        #expect(ImageSource(searching: [folder.path]).items.map(\.key) == ["a"])
    }

    @Test func filesThatDifferInTheirExtensionsFromOneBeforeKeepThem() {
        for name in ["a.jpg", "a.png", "b.jpg"] { folder.write(jpeg, as: name) }
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["a", "a.png", "b"])
    }

    @Test func aKeyThatIsTakenIsAFault() {
        let first = folder.write(jpeg, as: "x/a.jpg")
        let second = folder.write(jpeg, as: "y/a.jpg")
        let source = ImageSource(searching: [first, second])
        #expect(source.items.map(\.path) == [first])
        #expect(
            source.faults.map(\.description) == [
                "\(second): the key 'a.jpg' is also that of \(first); rename one of the two"
            ])
    }

    @Test func loopsOfLinksEnd() throws {
        folder.write(jpeg, as: "a/1.jpg")
        try #require(symlink("..", folder.file("a/up")) == 0)
        try #require(symlink("a", folder.file("b")) == 0)
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["a/1"])
        #expect(source.faults == [])
    }

    @Test func pipesAndDeadLinksAreFaultsAndNotWaitedFor() throws {
        folder.write(jpeg, as: "a.jpg")
        try #require(mkfifo(folder.file("pipe.jpg"), 0o600) == 0)
        try #require(symlink("nowhere", folder.file("link.jpg")) == 0)
        let source = ImageSource(searching: [folder.path, folder.file("missing")])
        #expect(source.items.map(\.key) == ["a"])
        #expect(
            Set(source.faults.map(\.description)) == [
                "'\(folder.path)/pipe.jpg' is not a regular file; name a file, or pass '-' to read "
                    + "from a pipe",
                "cannot open '\(folder.path)/link.jpg': No such file or directory",
                "cannot open '\(folder.path)/missing': No such file or directory",
            ])
    }

    @Test func archivesInFoldersAreOpened() {
        var tar = Tar()
        tar.add("1.jpg", jpeg)
        folder.write(tar.bytes, as: "shards/0.tar")
        folder.write(jpeg, as: "shards/z.jpg")
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["1", "shards/z"])
    }

    @Test func namesWithOddCharactersSurvive() throws {
        folder.write(jpeg, as: "new\nline é.jpg")
        let source = ImageSource(searching: [folder.path])
        #expect(source.items.map(\.key) == ["new\nline é"])
        #expect(try source.items[0].bytes() == jpeg)
    }
}
