import TesseraSampler
import TesseraTokens

extension RecoveryMethod {
    /// Replacement sampling: the prior alone fills in around what was measured.
    public static let replacement = RecoveryMethod(
        name: "replacement",
        summary: "replacement sampling: the prior alone fills in around what was measured",
        innerNoun: nil, defaults: Defaults(cacheInterval: 12)
    ) { input in
        let estimate = input.initialEstimate
        let slotCount = input.grid.slotCount
        let isGiven = (0 ..< input.grid.positionCount).map { position in
            !input.grid.codes[position * slotCount ..< (position + 1) * slotCount]
                .contains(TokenGrid.mask)
        }
        // Tokens that are given replace those of the estimate, and are kept.
        let start = InitialGuess(
            grid: input.grid.filled(with: estimate.grid.codes),
            trust: zip(estimate.trust, isGiven).map { $1 ? 1 : $0 })
        let sampler = ReplacementSampler(
            from: start, using: input.model.predictor, condition: input.condition,
            configuration: SamplerConfiguration(
                stepCount: input.stepCount, guidanceScale: input.guidanceScale),
            random: input.random)
        return sampler.lazy.map { step in
            PosteriorStep(
                number: step.number, stepCount: step.stepCount, grid: step.grid,
                estimate: step.grid.filled(with: start.grid.codes), losses: [])
        }
    }
}
