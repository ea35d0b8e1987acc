public import TesseraDataset
import TesseraTokens

extension Model {
    /// What token shards say of the grids that the model's tokenizer makes.
    public var tokenOrigin: TokenOrigin {
        TokenOrigin(
            model: hashes.first { $0.role == "tokenizer" }?.sha256 ?? "", modelName: name,
            vocabulary: tokenizer.codeSpace.vocabulary, pixelsPerToken: tokenizer.pixelsPerToken)
    }
}
