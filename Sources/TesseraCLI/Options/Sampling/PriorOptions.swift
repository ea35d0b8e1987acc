import ArgumentParser
import TesseraJSON
import TesseraPipeline
import TesseraTensor
import TesseraTokens

/// What a prior is asked for, and how it answers.
struct PriorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A class that the prior knows; 'tessera inspect' lists them.", valueName: "name"))
    var label: String?

    @Option(
        help: ArgumentHelp(
            "How closely to follow the label: 1 as trained, more exaggerates it.", valueName: "s"))
    var guidance: Float = 1

    @Option(
        help: ArgumentHelp(
            "The number format in which prior and gradients compute; unless given, bf16 where the "
                + "processor is fast at it.",
            valueName: "format"))
    var precision = Precision.fastForGuidance

    func validate() throws {
        if !(guidance >= 0 && guidance <= 100) {
            throw ValidationError("'--guidance' is \(guidance), but must be from 0 to 100")
        }
        if guidance != 1 && label == nil {
            throw ValidationError("'--guidance' needs a '--label' to follow")
        }
    }

    /// The label as a model's prior is told it; none if none was asked for.
    ///
    /// - Parameter model: A model with a prior.
    /// - Returns: The condition.
    /// - Throws: A usage failure when the model does not know the label.
    func condition(in model: Model) throws(CommandFailure) -> Condition {
        guard let label else { return .none }
        let labels = model.prior?.labels ?? []
        if let index = labels.firstIndex(of: label) { return .label(index) }
        let choice = labels.isEmpty ? "it has none" : "it has \(labels.joined(separator: ", "))"
        throw .usage("the model '\(model.name)' has no label '\(label)'; \(choice)")
    }

    /// What a recipe says of them.
    var metadata: JSONObject {
        var metadata = JSONObject()
        if let label {
            metadata["label"] = .string(label)
            metadata["guidance"] = .real(guidance.asPrinted)
        }
        metadata["precision"] = .string(precision.rawValue)
        return metadata
    }
}

extension Float {
    /// The double that is written with the same digits.
    var asPrinted: Double { Double(description) ?? Double(self) }
}
