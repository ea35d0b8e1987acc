package import TesseraDataset

extension TokenOrigin {
    /// Checks that a model is the one that made tokens.
    ///
    /// - Parameter model: The origin of the tokens that the model would make.
    /// - Throws: ``JobError`` if it is another.
    package func requireSame(as model: TokenOrigin) throws(JobError) {
        guard self.model == model.model else {
            throw JobError.item(
                "the tokens were made by the model '\(modelName)' with the hash "
                    + "\(self.model.prefix(12))…, but '\(model.modelName)' has "
                    + "\(model.model.prefix(12))…; name the right one with --model")
        }
    }
}
