import TesseraDataset
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct TokenArchiveTests {
    let folder = TemporaryFolder()
    let item = TokenItem(
        key: "a/b.c%", label: "x", caption: "a\nb", width: 9, height: 8,
        sourceSize: PixelSize(width: 90, height: 80))

    /// Writes one picture and gives the bytes of the archive.
    func write(vocabulary: [Int], codes: [Int32]) throws -> [UInt8] {
        let origin = TokenOrigin(
            model: "abc", modelName: "example", vocabulary: vocabulary, pixelsPerToken: 8)
        let writer = try TokenFolder(
            path: folder.file("out"),
            job: TokenJob(origin: origin, container: .webdataset, shardSize: 4))
        var draft = ShardDraft(shard: "000000", inputs: ShardInputs(keys: [item.key]))
        let grid = TokenGrid(height: 1, width: 2, vocabulary: vocabulary, codes: codes)
        draft.grids = [StoredGrid(grid, for: item)]
        try writer.write(draft)
        return folder.read("out/000000.tar")
    }

    @Test func theBytesAreThoseOfTarAndNumPy() throws {
        let bytes = try write(vocabulary: [256, 2], codes: [255, 1, 7, 0])
        #expect(bytes.count == 6 * 512 + 1024 + 512 - 512)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(text(0 ..< 11) == "__tessera__")
        #expect(text(1024 ..< 1040).hasPrefix("a/b%2Ec%25.json\u{0}"))
        #expect(text(1024 + 100 ..< 1024 + 108) == "0000444\u{0}")
        #expect(text(1024 + 257 ..< 1024 + 265) == "ustar\u{0}00")
        let json =
            #"{"key":"a/b.c%","label":"x","caption":"a\nb","width":9,"height":8,"#
            + #""sourceWidth":90,"sourceHeight":80}"#
        #expect(text(1536 ..< 1536 + json.utf8.count) == json)
        let array = Array(bytes[2560 ..< 2560 + 128 + 4])
        #expect(Array(array[..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        #expect(
            String(decoding: array[10 ..< 128], as: UTF8.self)
                .hasPrefix("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 2), } "))
        #expect(array[127] == 10)
        #expect(Array(array[128...]) == [255, 1, 7, 0])
    }

    @Test func itIsReadAsItWasWritten() throws {
        _ = try write(vocabulary: [65536, 300], codes: [65535, 1, 258, 299])
        let archive = try TokenArchive(path: folder.file("out/000000.tar"))
        #expect(archive.items == [item])
        #expect(try archive.grid(at: 0).codes == [65535, 1, 258, 299])
        #expect(try openGridFile(folder.file("out/000000.tar")).origin == archive.origin)
    }

    @Test func everyPrefixIsAnErrorAndNotATrap() throws {
        let bytes = try write(vocabulary: [256, 2], codes: [255, 1, 7, 0])
        for count in stride(from: 0, to: bytes.count, by: 37) {
            let path = folder.write(Array(bytes[..<count]), as: "prefix.tar")
            guard let archive = try? TokenArchive(path: path) else { continue }
            for index in archive.items.indices { _ = try? archive.grid(at: index) }
            #expect(archive.items.count <= 1)
        }
    }

    @Test func anArrayOfAnotherShapeIsAnError() throws {
        var bytes = try write(vocabulary: [256, 2], codes: [255, 1, 7, 0])
        bytes[2560 + 60] ^= 3
        let path = folder.write(bytes, as: "other.tar")
        expect("\(path): the array of 'a/b.c%' is not 1 x 2 tokens of this model") {
            () throws(DatasetError) in _ = try TokenArchive(path: path).grid(at: 0)
        }
    }
}
