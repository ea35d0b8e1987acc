import TesseraDataset
import TesseraJobs
import TesseraPipeline
import TesseraTokenizer

extension ModelOptions {
    /// Loads the model that is named, or the shipped one that made some tokens.
    ///
    /// - Parameters:
    ///   - origin: What the tokens have in common.
    ///   - objective: What the decoder of pictures was trained for, if a certain one is asked for.
    /// - Returns: The model, ready to work.
    /// - Throws: A model failure; another model than the one that made the tokens is one.
    func load(
        makerOf origin: TokenOrigin, decodingFor objective: DecodingObjective? = nil
    ) throws(CommandFailure) -> Model {
        var options = self
        options.model = model ?? origin.modelName
        let model = try options.load(needsPrior: false, decodingFor: objective)
        do { try origin.requireSame(as: model.tokenOrigin) } catch {
            throw .model(error.description)
        }
        return model
    }
}
