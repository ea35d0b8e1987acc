public import TesseraTensor

/// A prompt as a text encoder gives it: a vector for each token of the text, and one for the whole.
///
/// Masked generators attend to the former and add the latter to their time or class embedding
/// (aMUSEd, arXiv 2401.01808, section 3).
public struct TextEmbedding: Sendable {
    /// The features of the text's tokens.
    ///
    /// Shape `[tokens, width]`.
    public let tokens: Tensor<Float>

    /// The features of the whole text.
    ///
    /// Shape `[pooledWidth]`; empty if the encoder gives none.
    public let pooled: Tensor<Float>

    /// Puts an embedding together.
    ///
    /// - Parameters:
    ///   - tokens: The features of the text's tokens. Shape `[tokens, width]`.
    ///   - pooled: The features of the whole text. Shape `[pooledWidth]`.
    public init(tokens: Tensor<Float>, pooled: Tensor<Float> = Tensor(shape: [0], repeating: 0)) {
        precondition(
            tokens.shape.count == 2 && pooled.shape.count == 1,
            "A text embedding has the shapes [tokens, width] and [pooledWidth], but got "
                + "\(tokens.shape) and \(pooled.shape)")
        self.tokens = tokens
        self.pooled = pooled
    }
}

extension TextEmbedding: Hashable {
    /// Whether two embeddings have equal shapes and numbers.
    public static func == (left: TextEmbedding, right: TextEmbedding) -> Bool {
        left.tokens.shape == right.tokens.shape && left.pooled.shape == right.pooled.shape
            && left.tokens.elements == right.tokens.elements
            && left.pooled.elements == right.pooled.elements
    }

    /// Hashes the first numbers, which tell most texts apart.
    ///
    /// - Parameter hasher: Takes them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(tokens.shape)
        hasher.combine(tokens.elements.prefix(64).map(\.bitPattern))
    }
}
