import Testing

import TesseraImage

@Suite struct JPEGKindTests {
    @Test func inksBecomeColours() throws {
        // Six cells of 8 × 8: no ink, cyan, magenta, yellow, black, and a mixture.
        let image = try Image(bytes: fixture("cmyk.jpg"))
        let wanted = [
            [255, 255, 255], [0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0],
            [116, 77, 136],  // (255 - c) (255 - k) / 255 for c, m, y, k = 64, 128, 32, 100.
        ]
        let samples = values(of: image.samples)
        for (cell, colour) in zip(0..., wanted) {
            let first = ((cell / 3 * 8 + 4) * 24 + cell % 3 * 8 + 4) * 3
            for (value, expected) in zip(samples[first...], colour) {
                #expect(abs(value - expected) <= 1, "cell \(cell): \(value), not \(expected)")
            }
        }
        let header = try ImageHeader(bytes: fixture("cmyk.jpg"))
        #expect(header.encoding == .cmyk && header.channelCount == 4 && !header.hasAlpha)
    }

    /// Browsers and Pillow take inks for inverse in any file.
    @Test func withoutAdobesMarkTheInksAreInverseToo() throws {
        let bytes = try fixture("cmyk.jpg")
        let adobe = try #require(bytes.firstRange(of: Array("Adobe".utf8)))
        var renamed = bytes
        renamed[adobe.lowerBound] = 0x61
        #expect(try Image(bytes: renamed) == Image(bytes: bytes))
    }

    @Test func progressiveAndBaselineAreTheSamePicture() throws {
        let baseline = try Image(bytes: fixture("baseline.jpg"))
        let progressive = try Image(bytes: fixture("progressive.jpg"))
        // The same coefficients, coded in another order.
        #expect(progressive == baseline)
        #expect(try ImageHeader(bytes: fixture("progressive.jpg")).isProgressive)
        #expect(try !ImageHeader(bytes: fixture("baseline.jpg")).isProgressive)
        #expect(baseline.width == 40 && baseline.height == 32)
        // The source is (6 x, 7 y, 3 (x + y)).
        let pixel = values(of: baseline.samples)[(16 * 40 + 20) * 3 ..< (16 * 40 + 21) * 3]
        for (value, expected) in zip(pixel, [120, 112, 108]) { #expect(abs(value - expected) <= 6) }
    }

    @Test func aFileSaysHowItWasQuantized() throws {
        let baseline = try #require(try Image(bytes: fixture("baseline.jpg")).quantization)
        #expect(baseline.luminance.count == 64 && baseline.chrominance?.count == 64)
        // Steps grow with the frequency, in a table of libjpeg's more along rows than along columns.
        #expect(baseline.luminance[0] < baseline.luminance[63])
        #expect(baseline.luminance[5] > baseline.luminance[40])
        #expect(try Image(bytes: fixture("cmyk.jpg")).quantization == nil)

        let read = try Image(bytes: fixture("baseline.jpg"))
        let again = try Image(bytes: read.encoded(as: .png))
        #expect(again.quantization == nil && again.samples == read.samples)
        var stored = again
        stored.format = .jpeg
        #expect(stored == read)

        let picture = RoundTripTests.picture(colour: .gray, bits: 8, hasAlpha: false)
        let gray = try Image(bytes: picture.encoded(as: .jpeg)).quantization
        #expect(gray?.chrominance == nil && gray?.subsampling == JPEGQuantization.Subsampling.none)
    }

    /// Components that are named R, G and B are so, unless a JFIF header says that they are luma and colours.
    @Test(arguments: [true, false])
    func storedRGBHasNoTablesOfLuma(isJFIF: Bool) throws {
        var bytes = try fixture("baseline.jpg")
        func first(_ sought: [UInt8]) throws -> Int {
            try #require(bytes.indices.first { bytes[$0...].starts(with: sought) })
        }
        if !isJFIF { bytes[try first(Array("JFIF".utf8))] = 0x58 }
        let (frame, scan) = (try first([0xFF, 0xC0]) + 10, try first([0xFF, 0xDA]) + 5)
        for (index, name) in "RGB".utf8.enumerated() {
            bytes[frame + 3 * index] = name
            bytes[scan + 2 * index] = name
        }
        #expect((try Image(bytes: bytes).quantization != nil) == isJFIF)
    }

    @Test(arguments: [(1, true), (3, false), (6, false)], [16, 24])
    func turningKeepsWhatIsKnownIfBlocksStayWhole(
        orientation: (value: Int, isUpright: Bool), side: Int
    ) throws {
        let picture = Image(
            width: 32, height: side, colour: .rgb,
            samples: .eight((0 ..< 32 * side * 3).map { UInt8($0 % 251) }))
        var options = EncodingOptions()
        options.quality = 50
        let file = try picture.encoded(as: .jpeg, options: options)
        let upright = try #require(try Image(bytes: file).quantization)
        let exif =
            Array("Exif\0\0".utf8)
            + OrientationTests.exif(orientation.value, littleEndian: true)
        let turned = inserting([0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif, into: file)
        let known = try Image(bytes: turned).quantization
        guard side % 16 == 0 || orientation.isUpright else {
            #expect(known == nil)
            return
        }
        let places = (0 ..< 64).map { orientation.value == 6 ? $0 % 8 * 8 + $0 / 8 : $0 }
        #expect(known?.luminance == places.map { upright.luminance[$0] })
        #expect(known?.subsampling == .half)
    }

    @Test func aProfileForInksIsNotKeptForColours() throws {
        var profile = RoundTripTests.profile(for: .rgb, byteCount: 200)
        profile.replaceSubrange(16 ..< 20, with: "CMYK".utf8)
        let bytes = try insertingProfile(profile, part: 1, of: 1, into: fixture("cmyk.jpg"))
        #expect(try ImageHeader(bytes: bytes).colourProfile == profile)
        #expect(try Image(bytes: bytes).colourProfile == nil)
    }

    @Test func aProfileNeedsAllItsParts() throws {
        let profile = RoundTripTests.profile(for: .rgb, byteCount: 200)
        let file = try fixture("baseline.jpg")
        let half = insertingProfile(Array(profile[..<100]), part: 1, of: 2, into: file)
        let header = try ImageHeader(bytes: half)
        #expect(header.colourProfile == nil && header.omissions == ["ICC_PROFILE"])
        // Parts in the wrong order are put right.
        let whole = insertingProfile(Array(profile[100...]), part: 2, of: 2, into: half)
        #expect(try ImageHeader(bytes: whole).colourProfile == profile)
        let twice = insertingProfile(Array(profile[100...]), part: 2, of: 2, into: whole)
        #expect(try ImageHeader(bytes: twice).colourProfile == nil)
    }

    @Test func aCommentWithoutKeywordIsOne() throws {
        let file = try fixture("baseline.jpg")
        let comment = Array("made by hand\0".utf8)
        let bytes = inserting([0xFF, 0xFE, 0, UInt8(comment.count + 2)] + comment, into: file)
        let text = try ImageHeader(bytes: bytes).text
        #expect(text == [TextEntry(keyword: "Comment", value: "made by hand")])
    }

    private func insertingProfile(
        _ data: [UInt8], part: UInt8, of count: UInt8, into file: [UInt8]
    ) -> [UInt8] {
        let payload = Array("ICC_PROFILE\0".utf8) + [part, count] + data
        let length = payload.count + 2
        return inserting(
            [0xFF, 0xE2, UInt8(length >> 8), UInt8(length & 0xFF)] + payload, into: file)
    }

    private func inserting(_ segment: [UInt8], into file: [UInt8]) -> [UInt8] {
        file[..<2] + segment + file[2...]
    }
}
