import TesseraInverse
import TesseraTensor
import Testing

@Suite struct NoiseTests {
    static let flat = Tensor<Float>(shape: [1, 40, 50, 3], repeating: -0.2)

    @Test func gaussianNoiseHasItsDeviationAndIsSeeded() {
        let noise = MeasurementNoise.gaussian(deviation: 0.1)
        let noisy = noise.added(to: Self.flat, random: RandomSource(seed: 1)).elements
        let mean = noisy.reduce(0, +) / Float(noisy.count)
        let variance = noisy.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(noisy.count)
        // Four deviations of a mean and of a variance of 6000 values.
        #expect(abs(mean + 0.2) < 0.0052)
        #expect(abs(variance.squareRoot() - 0.1) < 0.0037)
        #expect(noise.added(to: Self.flat, random: RandomSource(seed: 1)).elements == noisy)
        #expect(noise.added(to: Self.flat, random: RandomSource(seed: 2)).elements != noisy)
    }

    @Test(arguments: [4.0, 60, 500])
    func countedLightHasTheMeanAndTheVarianceOfItsCounts(peak: Double) {
        let noise = MeasurementNoise.poisson(peak: peak)
        let noisy = noise.added(to: Self.flat, random: RandomSource(seed: 3)).elements
        let counts = noisy.map { Double($0 + 1) / 2 * peak }
        #expect(counts.allSatisfy { abs($0 - $0.rounded()) < 1e-3 && $0 > -0.5 })
        let mean = counts.reduce(0, +) / Double(counts.count)
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count)
        let expected = 0.4 * peak
        // Four deviations of a mean of 6000 counts, and of their variance.
        #expect(abs(mean - expected) < 4 * (expected / 6000).squareRoot())
        #expect(abs(variance / expected - 1) < 0.1)
        #expect(abs(noise.deviation(in: Self.flat) - 2 * expected.squareRoot() / peak) < 1e-6)
    }

    /// A smooth picture, its left columns with texture that is alike in all colours.
    static func picture(texturedColumns: Int = 0) -> Tensor<Float> {
        let random = RandomSource(seed: 9)
        return Tensor(
            shape: [1, 64, 64, 3],
            elements: (0 ..< 64 * 64 * 3).map { index in
                let (pixel, x) = (index / 3, index / 3 % 64)
                let texture = x < texturedColumns ? random.uniform(step: 0, position: pixel) / 2 : 0
                return Float(x) / 80 - 0.4 + texture
            })
    }

    static func noisy(_ picture: Tensor<Float>, _ deviation: Double) -> Tensor<Float> {
        MeasurementNoise.gaussian(deviation: deviation)
            .added(to: picture, random: RandomSource(seed: 5))
    }

    @Test(arguments: [0.02, 0.1])
    func theNoiseOfASmoothPictureIsSeen(deviation: Double) {
        let smooth = Self.picture()
        let estimate = NoiseEstimate(of: Self.noisy(smooth, deviation))
        // Some per cent: the quietest squares overlap.
        #expect(abs(estimate.luma / deviation - 1) < 0.1)
        #expect(abs(estimate.common / deviation - 1) < 0.1)
        let silence = NoiseEstimate(of: smooth)
        #expect(silence.luma < 1e-3 && silence.common < 1e-6)
    }

    /// A picture from almost black to almost white.
    static let ramp = Tensor<Float>(
        shape: [1, 96, 96, 3], elements: (0 ..< 96 * 96 * 3).map { Float($0 / 3 % 96) / 53 - 0.9 })

    @Test(arguments: [60.0, 400], [false, true])
    func theNoiseOfCountedLightGrowsWithTheBrightness(peak: Double, isGray: Bool) throws {
        var noisy = MeasurementNoise.poisson(peak: peak)
            .added(to: Self.ramp, random: RandomSource(seed: 4)).elements
        if isGray { noisy = noisy.indices.map { noisy[$0 / 3 * 3] } }
        let estimate = NoiseEstimate(of: Tensor(shape: Self.ramp.shape, elements: noisy))
        let found = try #require(estimate.byBrightness)
        for brightness in [-0.6, 0, 0.6] {
            // n counts have the variance n.
            let expected = (2 * (brightness + 1) / peak).squareRoot()
            #expect(abs(found.deviation(at: brightness) / expected - 1) < 0.25)
        }
    }

    @Test(arguments: [0.02, 0.1, 0.3])
    func equalNoiseDoesNotDependOnTheBrightness(deviation: Double) {
        #expect(NoiseEstimate(of: Self.noisy(Self.ramp, deviation)).byBrightness == nil)
        #expect(NoiseEstimate(of: Self.ramp).byBrightness == nil)
        #expect(NoiseEstimate(of: Self.flat).byBrightness == nil)
    }

    @Test func noiseThatGrowsWithTheBrightnessIsNeverNone() {
        let noise = NoiseByBrightness(middle: 0.01, slope: 0.02)
        #expect(abs(noise.deviation(at: 0.5) - 0.02.squareRoot()) < 1e-12)
        #expect(noise.deviation(at: -1) > 0)
    }

    @Test func textureIsNotTakenForNoise() {
        // Half of the picture is textured: the other half tells.
        let half = NoiseEstimate(of: Self.noisy(Self.picture(texturedColumns: 32), 0.05))
        #expect(abs(half.luma / 0.05 - 1) < 0.1)
        // All of it is: differences of colours tell.
        let whole = NoiseEstimate(of: Self.noisy(Self.picture(texturedColumns: 64), 0.05))
        #expect(whole.luma > 0.2)
        #expect(abs(whole.common / 0.05 - 1) < 0.1)
    }

    @Test func noiseOfAGrayPictureIsInItsLightness() {
        let noisy = Self.noisy(Self.picture(), 0.05).elements
        let gray = (0 ..< 64 * 64).flatMap { [Float](repeating: noisy[3 * $0], count: 3) }
        let estimate = NoiseEstimate(of: Tensor(shape: [1, 64, 64, 3], elements: gray))
        #expect(abs(estimate.luma / 0.05 - 1) < 0.1)
        #expect(estimate.common < 1e-6)
    }

    @Test func saturatedPartsSayNothing() {
        var values = Self.noisy(Self.picture(), 0.05).elements
        // The upper half is white, without noise.
        for index in 0 ..< values.count / 2 { values[index] = 1 }
        let estimate = NoiseEstimate(of: Tensor(shape: [1, 64, 64, 3], elements: values))
        #expect(abs(estimate.common / 0.05 - 1) < 0.15)
    }

    @Test func noiseOfASaturatedPictureIsSeenByHalf() {
        let white = Tensor<Float>(shape: [1, 64, 64, 3], repeating: 1)
        #expect(NoiseEstimate(of: white).common == 0)
        let noisy = Self.noisy(white, 0.05).mapped { min($0, 1) }
        #expect(abs(NoiseEstimate(of: noisy).common / 0.05 - 1) < 0.2)
    }

    /// Noise of 2 to 100 of 255, stored as a file stores it, in dark, middle and bright pictures.
    @Test(arguments: [2.0, 15, 50, 100], [-0.6, 0, 0.6] as [Float])
    func muchNoiseIsSeenAlthoughItIsCutOff(level: Double, brightness: Float) {
        let picture = Self.picture().mapped { $0 + brightness }
        let stored = Self.noisy(picture, level / 127.5).mapped {
            (min(max($0, -1), 1) * 127.5).rounded() / 127.5
        }
        let estimate = NoiseEstimate(of: stored)
        #expect(abs(estimate.common * 127.5 / level - 1) < 0.15)
    }

    @Test func aSmallPictureHasNoNoise() {
        let estimate = NoiseEstimate(of: Tensor(shape: [1, 7, 40, 3], repeating: 0.5))
        #expect(estimate.luma == 0 && estimate.common == 0)
    }
}
