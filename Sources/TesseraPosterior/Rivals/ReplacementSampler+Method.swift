import TesseraSampler

extension RecoveryMethod {
    /// Replacement sampling: the prior alone fills in around what was measured.
    public static let replacement = RecoveryMethod(
        name: "replacement",
        summary: "replacement sampling: the prior alone fills in around what was measured",
        innerNoun: nil, defaults: Defaults(cacheInterval: 12)
    ) { input in
        ReplacementSampler(
            filling: input.grid, from: input.initialEstimate, using: input.model.predictor,
            condition: input.condition,
            configuration: SamplerConfiguration(
                stepCount: input.stepCount, guidanceScale: input.guidanceScale),
            random: input.random)
    }
}
