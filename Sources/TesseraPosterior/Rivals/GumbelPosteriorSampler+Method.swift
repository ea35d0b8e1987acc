extension RecoveryMethod {
    /// Gradients through Gumbel noise, and masks anywhere (G2D2).
    public static let gumbel = RecoveryMethod(
        name: "g2d2", summary: "gradients through Gumbel noise, and masks anywhere (G2D2)",
        innerNoun: "gradient steps", defaults: Defaults(stepCount: 6)
    ) { input in
        var configuration = GumbelConfiguration()
        // On pictures reduced by four the published fall by two decades costs 0.3 dB at 72 decodes
        // and 2 dB at 360; on holes it gains 0.7 dB at 72.
        configuration.learningRate.decades = 0
        configuration.stepCount = input.stepCount
        configuration.innerStepCount = input.innerStepCount
        configuration.guidanceScale = input.guidanceScale
        return GumbelPosteriorSampler(
            filling: input.grid, using: input.model, given: input.measurement,
            initialEstimate: input.start, condition: input.condition,
            configuration: configuration, random: input.random)
    }
}
