import Testing

import TesseraImage
import TesseraTensor

@Suite struct RoundTripTests {
    /// A picture of arbitrary samples, with everything that a file can carry.
    static func picture(
        colour: Image.Colour, bits: Int, hasAlpha: Bool, width: Int = 19, height: Int = 13
    ) -> Image {
        func samples(_ count: Int) -> Samples {
            let numbers = (0 ..< count).map { PNGBuilder.sample(row: $0, column: 0, channel: 0) }
            return bits == 16
                ? .sixteen(numbers.map(UInt16.init))
                : .eight(numbers.map { UInt8($0 & 0xFF) })
        }
        let count = width * height
        return Image(
            width: width, height: height, colour: colour,
            samples: samples(count * colour.channelCount),
            alpha: hasAlpha ? samples(count) : nil,
            colourProfile: profile(for: colour, byteCount: 700),
            text: [
                TextEntry(keyword: "tessera", value: "{\"seed\": 7}"),
                TextEntry(keyword: "Titel", value: "Straße\nbei Nacht"),
            ])
    }

    /// Bytes with the header of an ICC profile.
    static func profile(for colour: Image.Colour, byteCount: Int) -> [UInt8] {
        var bytes = (0 ..< byteCount).map { UInt8($0 * 7 & 0xFF) }
        bytes.replaceSubrange(16 ..< 20, with: colour == .gray ? "GRAY".utf8 : "RGB ".utf8)
        return bytes
    }

    @Test(arguments: [Image.Colour.gray, .rgb], [8, 16])
    func aPNGComesBackAsItWas(colour: Image.Colour, bits: Int) throws {
        for hasAlpha in [false, true] {
            let image = Self.picture(colour: colour, bits: bits, hasAlpha: hasAlpha)
            let back = try Image(bytes: image.encoded())
            #expect(back == image)
        }
    }

    @Test(arguments: [Image.Colour.gray, .rgb])
    func aJPEGKeepsProfileTextsAndNearlyItsSamples(colour: Image.Colour) throws {
        let ramp = Tensor<Float>(shape: [1, 24, 40, 3]) { buffer in
            for index in buffer.indices {
                buffer[index] = Float(index / 120 + index / 3 % 40) / 32 - 1
            }
        }
        var model = Self.picture(colour: colour, bits: 8, hasAlpha: false)
        model.format = .jpeg
        var image = Image(pixels: ramp, like: model)
        // More than one segment holds.
        image.colourProfile = Self.profile(for: colour, byteCount: 150_000)
        image.text = model.text
        var options = EncodingOptions()
        options.quality = 100
        let back = try Image(bytes: image.encoded(options: options))
        #expect(back.format == .jpeg && back.colour == colour)
        #expect(back.colourProfile == image.colourProfile)
        #expect(back.text == image.text)
        let worst = zip(values(of: back.samples), values(of: image.samples)).map { abs($0 - $1) }
            .max()!
        // Rounding of coefficients at quality 100, and of colours to YCbCr and back.
        #expect(worst <= 3)
    }

    @Test func aLowQualityIsSmaller() throws {
        let image = Self.picture(colour: .rgb, bits: 8, hasAlpha: false, width: 64, height: 64)
        var low = EncodingOptions()
        low.quality = 30
        let large = try image.encoded(as: .jpeg)
        #expect(try image.encoded(as: .jpeg, options: low).count < large.count / 2)
    }

    @Test func sixteenBitsAreRoundedForJPEG() throws {
        let flat = Image(
            width: 8, height: 8, colour: .gray,
            samples: .sixteen([UInt16](repeating: 128 * 257 + 128, count: 64)))
        let back = try Image(bytes: flat.encoded(as: .jpeg))
        #expect(values(of: back.samples) == [Int](repeating: 128, count: 64))
        let above = Image(
            width: 8, height: 8, colour: .gray,
            samples: .sixteen([UInt16](repeating: 128 * 257 + 129, count: 64)))
        let other = try Image(bytes: above.encoded(as: .jpeg))
        #expect(values(of: other.samples) == [Int](repeating: 129, count: 64))
    }

    @Test func everySampleSurvivesNumbers() {
        let eight = Image(
            width: 256, height: 1, colour: .gray, samples: .eight((0 ... 255).map { UInt8($0) }))
        #expect(Image(pixels: eight.pixels, like: eight) == eight)
        let sixteen = Image(
            width: 65_536, height: 1, colour: .gray,
            samples: .sixteen((0 ... 65_535).map { UInt16($0) }))
        #expect(Image(pixels: sixteen.pixels, like: sixteen) == sixteen)
        let colours = Self.picture(colour: .rgb, bits: 16, hasAlpha: true)
        var back = Image(pixels: colours.pixels, like: colours)
        #expect(back.text.isEmpty)
        back.text = colours.text
        #expect(back == colours)
    }

    @Test func numbersHaveTheirRange() {
        let image = Image(
            width: 3, height: 1, colour: .rgb,
            samples: .eight([0, 0, 0, 255, 255, 255, 51, 102, 204]))
        let expected: [Float] = [-1, -1, -1, 1, 1, 1, -0.6, -0.2, 0.6]
        for (value, wanted) in zip(image.pixels.elements, expected) {
            #expect(abs(value - wanted) <= 2 * .ulpOfOne)
        }
    }

    @Test func roundingIsToNearestAndOutsideIsClamped() {
        // Half way between two samples goes to the even one; NaN to the middle, which is a tie too.
        let step: Float = 2 / 255
        let numbers: [Float] = [
            -7, 7, .nan, -1 + 2.4 * step, -1 + 2.6 * step, -.infinity, .infinity, 0, -0.25,
        ]
        let image = Image(pixels: Tensor(shape: [1, 1, 3, 3], elements: numbers))
        #expect(values(of: image.samples) == [0, 255, 128, 2, 3, 0, 255, 128, 96])
    }

    /// A JPEG has no alpha: what is transparent shows what lies behind.
    @Test(arguments: [Image.Colour.gray, .rgb], [8, 16])
    func aJPEGIsLaidOverAColour(colour: Image.Colour, bits: Int) throws {
        let count = 32 * 32
        func samples(_ values: [UInt8]) -> Samples {
            bits == 8 ? .eight(values) : .sixteen(values.map { UInt16($0) * 257 })
        }
        let opacities = (0 ..< count).map { UInt8($0 < count / 2 ? 0 : 128) }
        let picture = Image(
            width: 32, height: 32, colour: colour,
            samples: samples([UInt8](repeating: 40, count: count * colour.channelCount)),
            alpha: samples(opacities))
        var options = EncodingOptions()
        for (background, expected) in [(nil, (255, 147)), ([0, 0, 0] as [UInt8]?, (0, 20))] {
            if let background { options.background = background }
            let read = try Image(bytes: picture.encoded(as: .jpeg, options: options))
            let shown = values(of: read.samples)
            #expect(abs(shown[0] - expected.0) <= 2)
            #expect(abs((shown.last ?? 0) - expected.1) <= 2)
        }
    }
}
