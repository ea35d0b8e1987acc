import Testing

import TesseraImage
import TesseraTensor

@Suite struct PixelTests {
    @Test(arguments: [Image.Colour.gray, .rgb], [8, 16])
    func aRectangleIsTheSameAsTheWhole(colour: Image.Colour, bits: Int) {
        let image = RoundTripTests.picture(colour: colour, bits: bits, hasAlpha: false)
        let whole = image.pixels.elements
        for (rows, columns) in [(0 ..< 13, 0 ..< 19), (3 ..< 7, 5 ..< 6), (12 ..< 13, 0 ..< 19)] {
            let part = image.pixels(rows: rows, columns: columns)
            #expect(part.shape == [1, rows.count, columns.count, 3])
            let expected = rows.flatMap { row in
                whole[(row * 19 + columns.lowerBound) * 3 ..< (row * 19 + columns.upperBound) * 3]
            }
            #expect(part.elements == Array(expected))
        }
    }

    @Test(arguments: [Image.Colour.gray, .rgb], [8, 16])
    func piecesMakeTheWhole(colour: Image.Colour, bits: Int) {
        let image = RoundTripTests.picture(colour: colour, bits: bits, hasAlpha: true)
        var copy = Image(likeness: image, width: 19, height: 13)
        for rows in [0 ..< 4, 4 ..< 13] {
            for columns in [0 ..< 7, 7 ..< 19] {
                copy.replacePixels(
                    row: rows.lowerBound, column: columns.lowerBound,
                    with: image.pixels(rows: rows, columns: columns))
            }
        }
        copy.text = image.text
        #expect(copy == image)
    }

    @Test func grayTakesTheLuma() {
        let model = Image(width: 1, height: 1, colour: .gray, samples: .eight([0]))
        let pixels = Tensor<Float>(
            shape: [1, 1, 3, 3], elements: [1, -1, -1, -1, 1, -1, -1, -1, 1])
        let image = Image(pixels: pixels, like: model)
        #expect(values(of: image.samples) == [76, 150, 29])
    }

    @Test func alphaFollowsTheSize() {
        let model = Image(
            width: 2, height: 1, colour: .gray, samples: .eight([0, 0]), alpha: .eight([0, 200]))
        let wide = Image(likeness: model, width: 4, height: 2)
        #expect(wide.alpha == .eight([0, 50, 150, 200, 0, 50, 150, 200]))
        let flat = Image(
            width: 3, height: 3, colour: .gray, samples: .eight([UInt8](repeating: 0, count: 9)),
            alpha: .eight([UInt8](repeating: 77, count: 9)))
        #expect(Image(likeness: flat, width: 1, height: 1).alpha == .eight([77]))
    }

    @Test func aMaskIsSplitInTheMiddle() throws {
        let gray = Image(
            width: 4, height: 1, colour: .gray, samples: .eight([0, 127, 128, 255]),
            alpha: .eight([255, 128, 127, 0]))
        #expect(gray.mask().elements == [false, false, true, true])
        #expect(gray.mask().shape == [1, 4])
        #expect(gray.mask(.black).elements == [true, true, false, false])
        #expect(gray.mask(.transparent).elements == [false, false, true, true])
        // Green is light, red and blue are dark.
        let colours = Image(
            width: 4, height: 1, colour: .rgb,
            samples: .eight([0, 255, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255]))
        #expect(colours.mask().elements == [true, false, false, true])
        #expect(colours.mask(.transparent).elements == [false, false, false, false])
        var builder = PNGBuilder()
        (builder.type, builder.bits) = (0, 1)
        let mask = try Image(bytes: builder.bytes).mask()
        let expected = (0 ..< 35).map {
            builder.stored(row: $0 / 5, column: $0 % 5, channel: 0) == 1
        }
        #expect(mask.elements == expected && expected.contains(true) && expected.contains(false))
    }

    @Test(arguments: [8, 16])
    func outsideAMaskTheOriginalStaysBitForBit(bits: Int) {
        let original = RoundTripTests.picture(colour: .rgb, bits: bits, hasAlpha: false)
        var image = Image(pixels: Tensor(shape: [1, 13, 19, 3], repeating: 0.3), like: original)
        let painted = values(of: image.samples)
        let mask = Tensor(shape: [13, 19], elements: (0 ..< 13 * 19).map { $0 % 3 == 1 })
        image.restoreSamples(of: original, outside: mask)
        let expected = zip(painted, values(of: original.samples)).enumerated().map {
            $0 / 3 % 3 == 1 ? $1.0 : $1.1
        }
        #expect(values(of: image.samples) == expected)
    }
}
