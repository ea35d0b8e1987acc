import ArgumentParser
import TesseraCheckpoint
import TesseraPipeline

/// How a damaged picture is recovered.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("How often the prior is asked.", valueName: "n"))
    var steps = RecoveryOptions().stepCount

    @Option(help: ArgumentHelp("Gradient steps within a step; aps only.", valueName: "n"))
    var innerSteps = RecoveryOptions().innerStepCount

    @Flag(help: "Leave the sampled picture where it is, even where it contradicts the input.")
    var noProjection = false

    @OptionGroup var prior: PriorOptions

    func validate() throws {
        if !(1 ... 10_000).contains(steps) {
            throw ValidationError("'--steps' is \(steps), but must be from 1 to 10000")
        }
        if !(0 ... 10_000).contains(innerSteps) {
            throw ValidationError("'--inner-steps' is \(innerSteps), but must be from 0 to 10000")
        }
    }

    /// The options that all pictures of a run share.
    ///
    /// - Parameters:
    ///   - method: How tokens are sampled.
    ///   - model: The model, if one is asked.
    /// - Returns: The options, not yet keyed by a picture.
    /// - Throws: A usage failure when the model does not know the label.
    func recovery(
        _ method: RecoveryOptions.Method, with model: Model?
    ) throws(CommandFailure) -> RecoveryOptions {
        var options = RecoveryOptions()
        options.method = method
        options.stepCount = steps
        options.innerStepCount = innerSteps
        options.isProjected = !noProjection
        options.seed = seed
        if let model { options.label = try prior.index(in: model) }
        options.guidanceScale = prior.guidance
        return options
    }

    /// What a recipe says of them.
    func facts(_ method: RecoveryOptions.Method) -> JSONObject {
        var facts: JSONObject = [
            "method": .string(method.rawValue), "steps": .integer(steps),
        ]
        if method == .anchored { facts["innerSteps"] = .integer(innerSteps) }
        facts["projection"] = .boolean(!noProjection)
        for member in prior.facts.members { facts[member.name] = member.value }
        return facts
    }
}

extension RecoveryOptions {
    /// The options for one picture, whose random choices its name keys.
    func keyed(by file: InputFile) -> RecoveryOptions {
        var options = self
        options.key = itemKey(file.stem)
        return options
    }
}
