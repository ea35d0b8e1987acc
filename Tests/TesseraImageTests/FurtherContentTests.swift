import TesseraImage
import Testing

/// What a file holds beside its picture is noticed.
@Suite struct FurtherContentTests {
    @Test(arguments: [(3, "an animation of 3 frames"), (1, nil), (0, nil)])
    func framesOfAnAnimationAreCounted(count: UInt8, content: String?) throws {
        var builder = PNGBuilder()
        builder.chunks = [("acTL", [0, 0, 0, count, 0, 0, 0, 0])]
        #expect(try ImageHeader(bytes: builder.bytes).furtherContent == content)
        builder.chunks = [("acTL", [0, 0])]
        #expect(try ImageHeader(bytes: builder.bytes).furtherContent == nil)
    }

    @Test(arguments: ["baseline.jpg", "cmyk.jpg"])
    func whatFollowsAJPEGIsCounted(name: String) throws {
        let file = try fixture(name)
        func content(_ rest: [UInt8]) throws -> String? {
            try ImageHeader(bytes: file + rest).furtherContent
        }
        #expect(try content([]) == nil)
        #expect(try content([UInt8](repeating: 0, count: 500)) == nil)
        #expect(try content([UInt8](repeating: 7, count: 63)) == nil)
        let video = try content([UInt8](repeating: 7, count: 100))
        #expect(video == "100 bytes behind the picture, perhaps a video or further images")
        #expect(try content(file)?.hasPrefix("\(file.count) bytes") == true)
        // The index of CIPA DC-007, and what it is an index of.
        let index = Array("MPF\0".utf8) + [0x4D, 0x4D]
        let indexed =
            file.prefix(2) + [0xFF, 0xE2, 0, UInt8(index.count + 2)] + index + file.dropFirst(2)
        #expect(try ImageHeader(bytes: Array(indexed)).furtherContent == nil)
        #expect(
            try ImageHeader(bytes: indexed + file).furtherContent
                == "further images (\(file.count) bytes)")
    }

    @Test func aJPEGThatBreaksOffHoldsNothingElse() throws {
        let file = try fixture("baseline.jpg")
        for count in file.count * 3 / 4 ..< file.count {
            #expect(try ImageHeader(bytes: Array(file.prefix(count))).furtherContent == nil)
        }
    }
}
