import Glibc
import TesseraFiles
import Testing
import _TesseraTestSupport

@Suite struct ReadFileTests {
    let folder = TemporaryFolder()

    @Test func partsAndHashesAreThoseOfTheFile() throws {
        let bytes = (0 ..< 3_000_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let file = try ReadFile(path: folder.write(bytes, as: "a"))
        #expect(file.byteCount == bytes.count)
        for range in [0 ..< 0, 0 ..< 1, 7 ..< 2_500_000, 2_999_999 ..< 3_000_000] {
            #expect(try file.bytes(range) == Array(bytes[range]))
        }
        #expect(try file.hexDigest() == bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) })
        let empty = try ReadFile(path: folder.write([], as: "empty"))
        #expect(try empty.bytes(0 ..< 0) == [])
    }

    @Test func aFileThatIsCutIsAnErrorOfWhatIsGone() throws {
        let path = folder.write([UInt8](repeating: 1, count: 10_000), as: "a")
        let file = try ReadFile(path: path)
        try #require(truncate(path, 5000) == 0)
        #expect(try file.bytes(0 ..< 5000).count == 5000)
        #expect(throws: FileError.shortened(path: path, byteCount: 5000, expected: 10_000)) {
            try file.bytes(4000 ..< 6000)
        }
        #expect(
            FileError.shortened(path: "a", byteCount: 5, expected: 10).description
                == "'a' was cut to 5 of 10 bytes while it was read")
    }

    @Test func aFileThatIsReplacedStaysAsItWas() throws {
        let path = folder.write([1, 2, 3], as: "a")
        let file = try ReadFile(path: path)
        try #require(rename(folder.write([4], as: "b"), path) == 0)
        #expect(try file.bytes(0 ..< 3) == [1, 2, 3])
    }

    @Test func foldersAndPipesAreRefused() throws {
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        for path in [folder.path, folder.file("pipe")] {
            #expect(throws: FileError.notAFile(path: path)) { try ReadFile(path: path) }
        }
    }
}
