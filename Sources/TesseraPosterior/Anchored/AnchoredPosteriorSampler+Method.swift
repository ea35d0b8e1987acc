import TesseraSampler

extension RecoveryMethod {
    /// Anchored posterior sampling.
    public static let anchored = RecoveryMethod(
        name: "aps", summary: "anchored posterior sampling: the measurement steers every step",
        innerNoun: "gradient steps",
        defaults: Defaults(
            stepCount: PosteriorConfiguration().stepCount, cacheInterval: 12),
        parameters: anchoredParameters.map(\.parameter)
    ) { anchoredSteps($0, PosteriorConfiguration()) }

    /// Anchored posterior sampling as it was published.
    public static let published = RecoveryMethod(
        name: "aps-published",
        summary: "the same as published: no initial estimate, no term of the prior, no noise",
        innerNoun: "gradient steps",
        defaults: Defaults(
            stepCount: PosteriorConfiguration.published.stepCount, startsFromEstimate: false),
        parameters: anchoredParameters.map(\.parameter)
    ) { anchoredSteps($0, .published) }

    private static func anchoredSteps(
        _ input: MethodInput, _ configuration: PosteriorConfiguration
    ) -> AnchoredPosteriorSampler {
        var configuration = configuration
        configuration.stepCount = input.stepCount
        configuration.innerStepCount = input.innerStepCount
        configuration.guidanceScale = input.guidanceScale
        input.apply(anchoredParameters, to: &configuration)
        return AnchoredPosteriorSampler(
            filling: input.grid, using: input.model, given: input.measurement,
            initialEstimate: input.start, condition: input.condition,
            configuration: configuration, random: input.random)
    }

    private static let anchoredParameters: [ConfiguringParameter<PosteriorConfiguration>] = [
        .number("warmStart") { $0.warmStart = $1 },
        .number("priorWeight") { $0.priorWeight.middle = $1 },
        .number("choiceTemperature") { $0.choiceTemperature = $1 },
        .flag("entropyGate") { $0.usesEntropyGate = $1 },
        .flag("noiseStop") { $0.stopsAtNoise = $1 },
        .number("revisit", to: 1) { $0.remaskedPart = $1 },
        .cacheInterval,
        .choice("schedule", of: MaskSchedule.all.map { ($0.name, $0) }) {
            ($0.schedule, $0.measuredSchedule) = ($1, $1)
        },
    ]
}
