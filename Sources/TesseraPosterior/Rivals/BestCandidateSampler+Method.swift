extension RecoveryMethod {
    /// The best of n continuations at each step (SVDD-PM).
    public static let bestOf = RecoveryMethod(
        name: "best-of-n", summary: "the best of n continuations at each step (SVDD-PM)",
        innerNoun: "candidates", defaults: Defaults(startsFromEstimate: false)
    ) { input in
        var configuration = BestCandidateConfiguration()
        configuration.stepCount = input.stepCount
        configuration.candidateCount = max(input.innerStepCount, 1)
        configuration.guidanceScale = input.guidanceScale
        return BestCandidateSampler(
            filling: input.grid, using: input.model, given: input.measurement,
            condition: input.condition, configuration: configuration, random: input.random)
    }
}
