import Foundation
import TesseraSampler
import TesseraTensor
import Testing

@Suite struct ConfidentChoiceTests {
    let probabilities: [Float] = [0.125, 0.5, 0.125, 0.25]

    func chosen(
        _ count: Int, temperature: Float, seed: UInt64 = 1, step: Int = 1, of stepCount: Int = 2
    ) -> [Int] {
        ConfidentChoice(temperature: temperature, random: RandomSource(seed: seed)).best(
            count, of: [3, 5, 8, 9], logProbabilities: probabilities.map { log($0) }, step: step,
            of: stepCount)
    }

    @Test func withoutNoiseTheMostProbableComeFirst() {
        #expect(chosen(4, temperature: 0) == [1, 3, 0, 2])
        #expect(chosen(2, temperature: 0) == [1, 3])
        #expect(chosen(4, temperature: 9, step: 2) == [1, 3, 0, 2], "noise fades")
    }

    /// Noise of temperature 1 is the Gumbel-max trick: the first is drawn with its probability.
    @Test func noiseOfTemperatureOneDrawsByProbability() {
        var counts = [0, 0, 0, 0]
        for seed in 0 ..< 4000 {
            counts[chosen(1, temperature: 2, seed: UInt64(seed))[0]] += 1
        }
        // Four standard deviations.
        let tolerance = 4 * (0.25 / 4000).squareRoot()
        for (count, wanted) in zip(counts, probabilities) {
            #expect(abs(Double(count) / 4000 - Double(wanted)) < tolerance)
        }
    }
}
