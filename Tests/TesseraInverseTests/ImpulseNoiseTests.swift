import TesseraInverse
import TesseraTensor
import Testing

/// Salt and pepper are told from what photographs hold.
@Suite struct ImpulseNoiseTests {
    private static let side = 64

    /// A picture in middle tones, some of whose values are set to an end of the range.
    ///
    /// - Parameters:
    ///   - share: The part of the values.
    ///   - whole: Whether all channels of a pixel are set alike.
    /// - Returns: Its values, and the pixels that were set.
    private func picture(share: Float, whole: Bool) -> (pixels: Tensor<Float>, isHit: [Bool]) {
        let random = RandomSource(seed: 3)
        var isHit = [Bool](repeating: false, count: Self.side * Self.side)
        let values = (0 ..< isHit.count * 3).map { index -> Float in
            let place = whole ? index / 3 : index
            guard random.uniform(step: 0, position: place) < share else {
                return Float(index / 3 % Self.side) / 60 - 0.5
            }
            isHit[index / 3] = true
            return random.uniform(step: 1, position: place) < 0.5 ? -1 : 1
        }
        return (Tensor(shape: [1, Self.side, Self.side, 3], elements: values), isHit)
    }

    @Test(arguments: [0.01, 0.1, 0.3, 0.5] as [Float], [true, false])
    func impulsesAreFound(share: Float, whole: Bool) throws {
        let (pixels, isHit) = picture(share: share, whole: whole)
        let found = try #require(ImpulseNoise(in: pixels)).mask.isHole
        let missed = zip(found, isHit).count { !$0 && $1 }
        #expect(missed <= isHit.count / 200)
        #expect(!zip(found, isHit).contains { $0 && !$1 })
    }

    @Test func picturesWithBlackAndWhitePartsHaveNone() {
        let plain = picture(share: 0, whole: true).pixels
        #expect(ImpulseNoise(in: plain) == nil)
        func drawn(_ isWhite: (_ x: Int, _ y: Int) -> Bool) -> Tensor<Float> {
            Tensor(
                shape: plain.shape,
                elements: (0 ..< plain.count).map {
                    isWhite($0 / 3 % Self.side, $0 / 3 / Self.side) ? 1 : -1
                })
        }
        #expect(ImpulseNoise(in: drawn { x, _ in x < 30 }) == nil)
        // Lines of one pixel, and letters of such lines.
        #expect(ImpulseNoise(in: drawn { x, y in x % 4 == 0 || y % 8 == 0 }) == nil)
        // Stars: white alone, and no black on white.
        #expect(ImpulseNoise(in: drawn { x, y in x % 9 == 0 && y % 7 == 0 }) == nil)
    }

    @Test(arguments: [0.05, 0.1, 0.2, 0.4, 0.8])
    func noiseThatIsCutOffIsNone(deviation: Double) {
        let ramp = Tensor<Float>(
            shape: [1, 96, 96, 3], elements: (0 ..< 96 * 96 * 3).map { Float($0 / 3 % 96) / 48 - 1 }
        )
        let noisy = MeasurementNoise.gaussian(deviation: deviation)
            .added(to: ramp, random: RandomSource(seed: 5)).elements
        let shown = noisy.map { min(max($0, -1), 1) }
        #expect(ImpulseNoise(in: Tensor(shape: ramp.shape, elements: shown)) == nil)
    }

    @Test func theWhiteOfAnAreaIsKept() throws {
        let (noisy, isHit) = picture(share: 0.1, whole: true)
        let pixels = Tensor<Float>(
            shape: noisy.shape,
            elements: noisy.elements.enumerated().map { index, value in
                isHit[index / 3] || index / 3 / Self.side >= 32 ? value : 1
            })
        let found = try #require(ImpulseNoise(in: pixels)).mask.isHole
        let wrong = zip(found, isHit).count { $0 && !$1 }
        // What borders on other tones may be taken for salt.
        #expect(wrong <= Self.side)
        let unseen = zip(found, isHit).enumerated().count { index, pixel in
            !pixel.0 && pixel.1 && pixels.elements[3 * index] < 0
        }
        #expect(unseen == 0)
    }

    @Test func aPictureOfOnePixelHasNone() {
        #expect(ImpulseNoise(in: Tensor(shape: [1, 1, 1, 3], repeating: 1)) == nil)
    }
}
