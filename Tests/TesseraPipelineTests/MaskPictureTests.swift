import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Which masks count as soft, and what becomes of them.
@Suite struct MaskPictureTests {
    static let side = 200

    /// A disc and a bar, whose edges pass from 1 to 0 within so many pixels.
    static func painted(softness: Double) -> [Double] {
        (0 ..< side * side).map { pixel in
            let (y, x) = (Double(pixel / side), Double(pixel % side))
            let disc = 52.3 - ((y - 80.2) * (y - 80.2) + (x - 77.7) * (x - 77.7)).squareRoot()
            let bar = min(12.4 - abs(y - 0.6 * x - 40), 170 - x, x - 60)
            let inside = max(disc, bar)
            return softness > 0
                ? min(max(inside / softness + 0.5, 0), 1) : (inside > 0 ? 1 : 0)
        }
    }

    static func image(_ parts: [Double], side: Int = side) -> Image {
        Image(
            width: side, height: side, colour: .gray,
            samples: .eight(parts.map { UInt8((255 * $0).rounded()) }))
    }

    static func compressed(_ image: Image, quality: Int) throws -> Image {
        var options = EncodingOptions()
        options.quality = quality
        return try Image(bytes: image.encoded(as: .jpeg, options: options))
    }

    static let binary = image(painted(softness: 0))

    /// Antialiased over one pixel, feathered over some, and over many.
    @Test(arguments: [1, 4, 12, 40.0])
    func softEdgesAreSeen(softness: Double) throws {
        let mask = Self.image(Self.painted(softness: softness))
        let holes = MaskPicture(mask).holes()
        #expect(holes.weights != nil && holes.margin == MaskPicture.softMargin)
        for quality in [75, 95] {
            #expect(
                MaskPicture(try Self.compressed(mask, quality: quality)).holes().weights != nil)
        }
        let larger = MaskPicture(mask).resized(toHeight: 300, width: 320).holes()
        #expect(larger.weights?.shape == [300, 320])
    }

    @Test(arguments: MaskPolarity.allCases)
    func aBinaryMaskIsReadAsItsPixels(polarity: MaskPolarity) {
        let gray = Self.binary
        let alpha = Image(
            width: Self.side, height: Self.side, colour: .gray, samples: gray.samples,
            alpha: gray.samples)
        for margin in [nil, 0, 3] {
            let holes = MaskPicture(alpha, polarity: polarity).holes(grownBy: margin)
            #expect(holes.weights == nil && holes.margin == margin ?? 0)
            #expect(
                holes.hole == PixelMask(alpha, polarity: polarity).grown(by: margin ?? 0))
        }
    }

    @Test func aStretchedBinaryMaskTakesTheNearestPixels() {
        let holes = MaskPicture(Self.binary).resized(toHeight: 130, width: 333).holes()
        #expect(holes.weights == nil)
        #expect(holes.hole == PixelMask(Self.binary).resized(toHeight: 130, width: 333))
    }

    /// What a JPEG leaves of a binary mask is noise, not softness.
    @Test(arguments: [50, 60, 75, 90, 95, 100])
    func aBinaryMaskInAJPEGIsBinary(quality: Int) throws {
        let read = try Self.compressed(Self.binary, quality: quality)
        let holes = MaskPicture(read).holes()
        #expect(holes.weights == nil)
        #expect(holes.hole == PixelMask(read))
    }

    @Test func anExplicitMarginCounts() throws {
        let mask = MaskPicture(Self.image(Self.painted(softness: 4)))
        let (none, usual, more) = (
            mask.holes(grownBy: 0), mask.holes(), mask.holes(grownBy: 5)
        )
        #expect(none.margin == 0 && more.margin == 5)
        #expect(none.weights != nil)
        #expect(none.hole.holeCount < usual.hole.holeCount)
        #expect(usual.hole.holeCount < more.hole.holeCount)
    }

    @Test(arguments: [8, 16])
    func mixingKeepsBothEndsBitForBit(bits: Int) {
        let old = noisePicture(width: 7, height: 5, bits: bits, seed: 1)
        let new = noisePicture(width: 7, height: 5, bits: bits, seed: 2)
        let weights = Tensor<Float>(
            shape: [5, 7], elements: (0 ..< 35).map { [0, 0.25, 0.5, 1][$0 % 4] })
        var mixed = new
        mixed.mixSamples(with: old, weights: weights)
        let (before, after, result) = (values(old), values(new), values(mixed))
        for i in result.indices {
            let weight = Double(weights.elements[i / 3])
            let expected = Double(before[i]) + weight * Double(after[i] - before[i])
            // A sample is a whole number.
            #expect(abs(Double(result[i]) - expected) <= (weight == 0 || weight == 1 ? 0 : 0.5))
        }
    }

    private func values(_ image: Image) -> [Int] {
        switch image.samples {
        case .eight(let values): values.map(Int.init)
        case .sixteen(let values): values.map(Int.init)
        }
    }
}
