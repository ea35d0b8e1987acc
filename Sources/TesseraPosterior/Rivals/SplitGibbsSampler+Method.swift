extension RecoveryMethod {
    /// By turns from the prior and by the likelihood (SGDD).
    public static let splitGibbs = RecoveryMethod(
        name: "sgdd", summary: "by turns from the prior and by the likelihood (SGDD)",
        innerNoun: "proposals"
    ) { input in
        var configuration = SplitGibbsConfiguration()
        configuration.stepCount = input.stepCount
        configuration.proposalCount = input.innerStepCount
        configuration.guidanceScale = input.guidanceScale
        return SplitGibbsSampler(
            filling: input.grid, using: input.model, given: input.measurement,
            initialEstimate: input.start?.grid, condition: input.condition,
            configuration: configuration, random: input.random)
    }
}
