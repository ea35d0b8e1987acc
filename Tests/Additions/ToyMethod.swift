import TesseraSampler
import TesseraTokens

extension RecoveryMethod {
    /// One draw from the prior.
    public static let toy = RecoveryMethod(
        name: "toy", summary: "one draw from the prior, whatever was measured", innerNoun: nil,
        defaults: Defaults(stepCount: 1, startsFromEstimate: false)
    ) { input in
        let steps = MaskedSampler(
            filling: input.grid, using: input.model.predictor, condition: input.condition,
            configuration: SamplerConfiguration(
                stepCount: input.stepCount, guidanceScale: input.guidanceScale),
            random: input.random)
        return steps.lazy.map { step in
            PosteriorStep(
                number: step.number, stepCount: step.stepCount, grid: step.grid,
                estimate: step.grid.filled(with: input.initialEstimate.grid.codes), losses: [])
        }
    }
}
