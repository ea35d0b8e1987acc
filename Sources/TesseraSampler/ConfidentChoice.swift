public import TesseraTensor

/// Chooses the slots to reveal: those whose codes are most probable, with noise that fades.
///
/// The score of a slot is log p + τ (1 - r) g, with p the probability of its code, τ the temperature,
/// r the fraction of steps done and g Gumbel noise (the code of H. Chang et al., "MaskGIT", CVPR 2022).
/// Without noise the first slots are the blandest ones, side by side.
public struct ConfidentChoice: Sendable {
    private let temperature: Float
    private let random: RandomSource

    /// Makes a way to choose.
    ///
    /// - Parameters:
    ///   - temperature: τ, not negative; 0 is no noise.
    ///   - random: The source of the noise.
    public init(temperature: Float, random: RandomSource) {
        precondition(temperature >= 0, "A temperature is not negative, but got \(temperature)")
        self.temperature = temperature
        self.random = random
    }

    /// Chooses slots.
    ///
    /// - Parameters:
    ///   - count: How many are chosen, at most as many as there are candidates.
    ///   - indices: The flat indices of the candidates, each once.
    ///   - logProbabilities: log p of the code that each candidate would get.
    ///   - step: The number of the step, from 1.
    ///   - stepCount: The number of all steps.
    /// - Returns: The places of the chosen slots in `indices`, best first; of equal scores the slot
    ///   with the lower index.
    public func best(
        _ count: Int, of indices: [Int], logProbabilities: [Float], step: Int, of stepCount: Int
    ) -> [Int] {
        let noise = temperature * (1 - Float(step) / Float(stepCount))
        let scores = zip(indices, logProbabilities).map { index, logProbability in
            guard noise > 0 else { return logProbability }
            return logProbability
                + noise * random.gumbel(step: step, position: index, draw: Draw.choice)
        }
        let order = indices.indices.sorted {
            (scores[$1], indices[$0]) < (scores[$0], indices[$1])
        }
        return Array(order.prefix(count))
    }
}
