import ArgumentParser
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior

/// How a degraded picture is recovered.
struct SamplingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The seed of all random choices; a picture's name without folders and extension counts too.",
            valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "The number of sampling steps, each of which asks the prior once; "
                + "\(RecoveryOptions().stepCount) for aps.", valueName: "n"))
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "Decodes within a step: gradient steps, candidates or proposals; "
                + "\(RecoveryOptions().innerStepCount) for aps.",
            valueName: "n"))
    var innerSteps: Int?

    @Option(
        help: ArgumentHelp(
            "The most decodes of a picture (of each window of a large one), in place of steps and "
                + "inner steps; \(RecoveryOptions.usualBudget) unless given.", valueName: "decodes")
    )
    var budget: Int?

    @Flag(help: "Guide sampling by the model's draft decoder: faster, and a little less exact.")
    var draft = false

    @Option(
        help: ArgumentHelp(
            "The cache interval: the prior looks at all positions every so many steps, and in "
                + "between at those that are masked or newly committed. 1 is exact, more is "
                + "faster; \(cacheIntervals), else 1.", valueName: "steps"))
    var refresh: Int?

    @Flag(
        help:
            "Skip the data-consistency step: keep what was sampled, even where it contradicts the input."
    )
    var noProjection = false

    @OptionGroup var prior: PriorOptions

    func validate() throws {
        if let steps, !(1 ... 10_000).contains(steps) {
            throw ValidationError("'--steps' is \(steps), but must be from 1 to 10000")
        }
        if let innerSteps, !(0 ... 10_000).contains(innerSteps) {
            throw ValidationError("'--inner-steps' is \(innerSteps), but must be from 0 to 10000")
        }
        if let refresh, refresh < 1 {
            throw ValidationError("'--refresh' is \(refresh), but must be at least 1")
        }
        if let budget, !(1 ... 1_000_000).contains(budget) {
            throw ValidationError("'--budget' is \(budget), but must be from 1 to 1000000")
        }
        if budget != nil && (steps != nil || innerSteps != nil) {
            throw ValidationError("'--budget' sets steps and inner steps; leave it or them out")
        }
    }

    /// The options of the command line that say how a prior is asked or what is done to its answer.
    var namesOfPriorOptions: [String] {
        [
            ("--steps", steps != nil), ("--inner-steps", innerSteps != nil),
            ("--budget", budget != nil), ("--draft", draft), ("--refresh", refresh != nil),
            ("--no-projection", noProjection), ("--label", prior.label != nil),
        ].filter(\.1).map(\.0)
    }

    /// The options that all pictures of a run share.
    ///
    /// - Parameters:
    ///   - method: How tokens are sampled.
    ///   - model: The model, if one is asked.
    /// - Returns: The options, not yet keyed by a picture.
    /// - Throws: A usage failure when the model does not know the label.
    func recovery(
        _ method: RecoveryMethod, with model: Model?
    ) throws(CommandFailure) -> RecoveryOptions {
        var options = plan(method)
        options.isProjected = !noProjection
        options.cacheInterval = refresh
        options.seed = seed
        if let model { options.condition = try prior.condition(in: model) }
        options.guidanceScale = prior.guidance
        return options
    }

    /// The method, and how many decodes it may spend where.
    private func plan(_ method: RecoveryMethod) -> RecoveryOptions {
        var options = RecoveryOptions(
            method: method, budget: budget ?? RecoveryOptions.usualBudget)
        if let steps { options.stepCount = steps }
        if let innerSteps { options.innerStepCount = innerSteps }
        return options
    }

    /// What a recipe says of them.
    func metadata(_ method: RecoveryMethod) -> JSONObject {
        let plan = plan(method)
        var metadata: JSONObject = [
            "method": .string(method.name), "steps": .integer(plan.stepCount),
        ]
        if method.asksMeasurement { metadata["innerSteps"] = .integer(plan.innerStepCount) }
        metadata["projection"] = .boolean(!noProjection)
        metadata["refresh"] = .integer(refresh ?? method.defaults.cacheInterval)
        if draft { metadata["draft"] = .boolean(true) }
        for member in prior.metadata.members { metadata[member.name] = member.value }
        return metadata
    }
}

/// The intervals that differ from 1, such as "12 for aps and replacement".
private let cacheIntervals: String = {
    let methods = Dictionary(grouping: RecoveryMethod.all, by: \.defaults.cacheInterval)
    return methods.keys.sorted().filter { $0 > 1 }.map { interval in
        let names = (methods[interval] ?? []).map(\.name)
        return "\(interval) for \(names.joined(separator: " and "))"
    }.joined(separator: ", ")
}()

extension RecoveryOptions {
    /// The options for one picture, whose random choices its name keys.
    func keyed(by file: InputFile) -> RecoveryOptions {
        var options = self
        options.key = itemKey(file.stem)
        return options
    }
}
