import ArgumentParser
import TesseraCheckpoint
import TesseraFiles
import TesseraPipeline
import TesseraTensor
import TesseraTokenizer

/// Which model does the job.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A model folder, or the name of a model that ships; the best one unless given.",
            valueName: "folder|name"),
        completion: .directory)
    var model: String?

    /// Loads the model.
    ///
    /// - Parameters:
    ///   - needsPrior: Whether the job needs a prior.
    ///   - precision: The format in which prior and gradients multiply.
    ///   - isGuidedByDraft: Whether gradients go through the draft decoder.
    ///   - objective: What the decoder of pictures was trained for, if a certain one is asked for.
    /// - Returns: The model, ready to work.
    /// - Throws: A model failure.
    func load(
        needsPrior: Bool, precision: Precision = .float32, isGuidedByDraft: Bool = false,
        decodingFor objective: DecodingObjective? = nil
    ) throws(CommandFailure) -> Model {
        do {
            return try Model(
                folder(needsPrior: needsPrior), needsPrior: needsPrior, precision: precision,
                isGuidedByDraft: isGuidedByDraft, decodingFor: objective)
        } catch { throw .model(error.description) }
    }

    /// Finds the model without loading its weights.
    private func folder(needsPrior: Bool) throws(CheckpointError) -> ModelFolder {
        let shipped = ShippedModels()
        guard let model else { return try shipped.best(withPrior: needsPrior) }
        return try shipped.folder(model)
    }
}
