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

    @Test(arguments: [0.02, 0.1])
    func theNoiseOfASmoothPictureIsSeen(deviation: Double) {
        let smooth = Tensor<Float>(
            shape: [1, 64, 64, 3],
            elements: (0 ..< 64 * 64 * 3).map { Float($0 / 3 % 64) / 64 - 0.5 })
        let noisy = MeasurementNoise.gaussian(deviation: deviation)
            .added(to: smooth, random: RandomSource(seed: 5))
        // Some per cent: the median of 3072 numbers.
        #expect(abs(estimatedNoise(in: noisy) / deviation - 1) < 0.1)
        #expect(estimatedNoise(in: smooth) < 1e-6)
    }
}
