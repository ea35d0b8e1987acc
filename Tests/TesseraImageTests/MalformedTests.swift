import Testing

import TesseraImage

@Suite struct MalformedTests {
    /// Small whole files of several kinds.
    static let files: [(name: String, bytes: [UInt8])] = {
        var builders = [PNGBuilder(), PNGBuilder(), PNGBuilder()]
        (builders[1].type, builders[1].bits, builders[1].isInterlaced) = (6, 16, true)
        (builders[2].type, builders[2].bits) = (3, 2)
        builders[2].palette = Array(PNGKindTests.palette.prefix(12))
        let picture = RoundTripTests.picture(colour: .rgb, bits: 8, hasAlpha: false)
        let written = try? picture.encoded()
        let jpegs = ["baseline.jpg", "progressive.jpg", "cmyk.jpg"].compactMap { name in
            (try? fixture(name)).map { (name: name, bytes: $0) }
        }
        return builders.enumerated().map { (name: "built \($0).png", bytes: $1.bytes) }
            + [(name: "written.png", bytes: written ?? [])] + jpegs
    }()

    /// Cutting a file anywhere gives an error or, where only the end was lost, the same picture.
    @Test(arguments: files.indices)
    func truncationIsNoticed(index: Int) throws {
        let bytes = Self.files[index].bytes
        let whole = try Image(bytes: bytes)
        var firstWhole = bytes.count
        for count in 0 ..< bytes.count {
            guard let part = try? Image(bytes: Array(bytes[..<count])) else { continue }
            #expect(part.samples == whole.samples, "cut to \(count) of \(bytes.count) bytes")
            #expect(part.alpha == whole.alpha)
            firstWhole = min(firstWhole, count)
        }
        // All that may be missing is the end: an end chunk or marker, and a few bits of padding.
        #expect(bytes.count - firstWhole <= 16)
    }

    /// Whatever a byte is changed to, the answer is a picture or an error.
    @Test(arguments: files.indices)
    func damageNeverCrashes(index: Int) throws {
        let bytes = Self.files[index].bytes
        var refused = 0
        for position in bytes.indices {
            for change in [UInt8(0xFF), 0x80, 0x01] {
                var damaged = bytes
                damaged[position] ^= change
                do {
                    let image = try Image(bytes: damaged)
                    #expect(image.samples.count >= image.width * image.height)
                } catch {
                    refused += 1
                    #expect(!error.description.isEmpty)
                }
            }
        }
        #expect(refused > 0)
    }

    /// A PNG has a checksum over every byte of its pixels.
    @Test func damagedPixelsOfAPNGAreRefused() throws {
        let bytes = PNGBuilder().bytes
        let start = try #require(bytes.firstRange(of: Array("IDAT".utf8))).upperBound
        for position in start ..< bytes.count - 12 {
            var damaged = bytes
            damaged[position] ^= 1
            #expect(throws: ImageError.self) { try Image(bytes: damaged) }
        }
    }

    /// The checksum of the pixels themselves, where that of the chunk is right.
    @Test func aWrongChecksumOfTheStreamIsAnError() {
        var builder = PNGBuilder()
        builder.changesStream = { $0[$0.count - 1] ^= 1 }
        #expect(throws: ImageError.damaged(.png, report: "IDAT: incorrect data check")) {
            try Image(bytes: builder.bytes)
        }
        builder.changesStream = { $0 += [1, 2, 3] }
        #expect(throws: Never.self) { try Image(bytes: builder.bytes) }
    }

    @Test(arguments: [
        ("", ImageError.empty),
        ("<html>oh", .notAnImage(firstBytes: Array("<html>oh".utf8))),
        ("GIF89a", .unsupportedFormat("GIF")),
        ("RIFF....WEBPVP8 ", .unsupportedFormat("WebP")),
        ("....ftypavif", .unsupportedFormat("AVIF")),
        ("II*\u{0}", .unsupportedFormat("TIFF")),
    ])
    func otherContentIsNamed(content: String, expected: ImageError) {
        #expect(throws: expected) { try Image(bytes: Array(content.utf8)) }
        #expect(throws: expected) { try ImageHeader(bytes: Array(content.utf8)) }
    }

    @Test func badPNGHeadersAreNamed() {
        func expect(_ error: ImageError, _ change: (inout PNGBuilder) -> Void) {
            var builder = PNGBuilder()
            change(&builder)
            #expect(throws: error) { try Image(bytes: builder.bytes) }
        }
        expect(.noPixels(width: 0, height: 7)) { $0.width = 0 }
        expect(.badHeader(.png, .colour(type: 2, bits: 4))) { $0.bits = 4 }
        var bytes = PNGBuilder().bytes
        bytes[20] ^= 1
        #expect(throws: ImageError.badHeader(.png, .checksum("IHDR"))) {
            try ImageHeader(bytes: bytes)
        }
        #expect(throws: ImageError.truncated(.png)) { try Image(bytes: Array(bytes.prefix(20))) }
        let signature = Array(bytes.prefix(8))
        let misplaced = signature + PNGBuilder.chunk("IEND", [])
        #expect(throws: ImageError.badHeader(.png, .missing("IHDR chunk"))) {
            try Image(bytes: misplaced)
        }
        let empty = Array(PNGBuilder().bytes.prefix(33)) + PNGBuilder.chunk("IEND", [])
        #expect(throws: ImageError.badHeader(.png, .missing("IDAT chunk"))) {
            try Image(bytes: empty)
        }
        let header = PNGBuilder.chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 2])
        #expect(throws: ImageError.badHeader(.png, .method(name: "interlace", value: 2))) {
            try Image(bytes: signature + header + PNGBuilder.chunk("IEND", []))
        }
    }

    @Test func unreadKindsOfJPEGAreNamed() throws {
        let bytes = try fixture("baseline.jpg")
        let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0])).lowerBound
        func expect(_ error: ImageError, at offset: Int, _ value: UInt8) {
            var changed = bytes
            changed[frame + offset] = value
            #expect(throws: error) { try Image(bytes: changed) }
        }
        expect(.unsupportedJPEG(.lossless), at: 1, 0xC3)
        expect(.unsupportedJPEG(.hierarchical), at: 1, 0xC5)
        expect(.unsupportedJPEG(.bits(12)), at: 4, 12)
        expect(.unsupportedJPEG(.deferredHeight), at: 6, 0)
        expect(.noPixels(width: 0, height: 32), at: 8, 0)
        expect(.unsupportedJPEG(.components(2)), at: 9, 2)
        expect(.badHeader(.jpeg, .segmentLength(0)), at: 3, 0)
        #expect(throws: ImageError.badHeader(.jpeg, .missing("frame header"))) {
            try Image(bytes: [0xFF, 0xD8, 0xFF, 0xD9])
        }
        #expect(throws: ImageError.truncated(.jpeg)) { try Image(bytes: [0xFF, 0xD8]) }
    }
}
