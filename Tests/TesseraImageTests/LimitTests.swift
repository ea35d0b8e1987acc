import Testing

import TesseraImage

@Suite struct LimitTests {
    /// A PNG header with nothing behind it.
    private func declaring(width: Int, height: Int) -> [UInt8] {
        let numbers = PNGBuilder.number(width) + PNGBuilder.number(height) + [8, 2, 0, 0, 0]
        return Array(PNGBuilder().bytes.prefix(8)) + PNGBuilder.chunk("IHDR", numbers)
            + PNGBuilder.chunk("IDAT", PNGBuilder.zlibStream([0])) + PNGBuilder.chunk("IEND", [])
    }

    @Test func sizesAreRefusedByTheHeader() {
        #expect(throws: ImageError.tooManyPixels(width: 65_535, height: 65_535, limit: 89_478_485))
        { try Image(bytes: declaring(width: 65_535, height: 65_535)) }
        #expect(throws: ImageError.self) {
            try Image(bytes: declaring(width: Int(UInt32.max), height: Int(UInt32.max)))
        }
        #expect(throws: ImageError.sideTooLong(width: 65_501, height: 1, limit: 65_500)) {
            try Image(bytes: declaring(width: 65_501, height: 1))
        }
        #expect(throws: ImageError.tooFewBytes(width: 9000, height: 9000, byteCount: 12)) {
            try Image(bytes: declaring(width: 9000, height: 9000))
        }
    }

    @Test func aForgedJPEGIsRefusedByItsLength() throws {
        var bytes = try fixture("baseline.jpg")
        let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0])).lowerBound
        bytes.replaceSubrange(frame + 5 ..< frame + 9, with: [0x1F, 0xFF, 0x1F, 0xFF])
        #expect(throws: ImageError.tooFewBytes(width: 8191, height: 8191, byteCount: bytes.count)) {
            try Image(bytes: bytes)
        }
    }

    @Test func limitsAreTheCallers() {
        var limits = DecodingLimits()
        limits.maximumPixelCount = 34
        #expect(throws: ImageError.tooManyPixels(width: 5, height: 7, limit: 34)) {
            try Image(bytes: PNGBuilder().bytes, limits: limits)
        }
        limits.maximumPixelCount = 35
        #expect(throws: Never.self) { try Image(bytes: PNGBuilder().bytes, limits: limits) }
        limits.maximumSide = 6
        #expect(throws: ImageError.sideTooLong(width: 5, height: 7, limit: 6)) {
            try ImageHeader(bytes: PNGBuilder().bytes, limits: limits)
        }
    }

    @Test func scansAreCounted() throws {
        var limits = DecodingLimits()
        limits.maximumScanCount = 5
        let bytes = try fixture("progressive.jpg")
        #expect(throws: ImageError.tooManyScans(limit: 5)) {
            try Image(bytes: bytes, limits: limits)
        }
        limits.maximumScanCount = 10
        #expect(throws: Never.self) { try Image(bytes: bytes, limits: limits) }
    }

    @Test func textBeyondTheLimitIsLeftOut() throws {
        var builder = PNGBuilder()
        let name = Array("word\0".utf8)
        let long = [UInt8](repeating: 0x61, count: 300_000)
        builder.chunks = [
            ("tEXt", name + long),
            ("zTXt", name + [0] + PNGBuilder.zlibStream(long)),
            ("iTXt", name + [0, 0, 0, 0] + Array("Grüße".utf8)),
            ("iTXt", name + [1, 0, 0, 0] + PNGBuilder.zlibStream(Array("Grüße".utf8))),
            ("tEXt", Array("no zero".utf8)),
            ("iTXt", name + [0, 0, 0, 0, 0xFF]),  // Not UTF-8.
        ]
        let all = try ImageHeader(bytes: builder.bytes)
        #expect(all.text.map(\.value.utf8.count) == [300_000, 300_000, 7, 7])
        #expect(all.text[2].value == "Grüße" && all.text[3].value == "Grüße")
        #expect(all.omissions == ["tEXt", "iTXt"])
        var limits = DecodingLimits()
        limits.maximumTextByteCount = 400_000
        let some = try ImageHeader(bytes: builder.bytes, limits: limits)
        #expect(some.text.map(\.value.utf8.count) == [300_000, 7, 7])
        #expect(some.omissions == ["zTXt", "tEXt", "iTXt"])
        #expect(try Image(bytes: builder.bytes, limits: limits).text == some.text)
    }

    @Test func aProfileBeyondTheLimitIsLeftOut() throws {
        let profile = RoundTripTests.profile(for: .rgb, byteCount: 1000)
        var builder = PNGBuilder()
        builder.chunks = [("iCCP", Array("name\0\0".utf8) + PNGBuilder.zlibStream(profile))]
        #expect(try Image(bytes: builder.bytes).colourProfile == profile)
        var limits = DecodingLimits()
        limits.maximumColourProfileByteCount = 999
        let header = try ImageHeader(bytes: builder.bytes, limits: limits)
        #expect(header.colourProfile == nil && header.omissions == ["iCCP"])
    }
}
