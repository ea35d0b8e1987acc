/// What a prior is told about a picture beside its tokens.
///
/// Which conditions a prior understands, it says itself: ``TokenPredictor/accepts(_:)``.
public enum Condition: Hashable, Sendable {
    /// Nothing: the unconditional prior, which classifier-free guidance pushes away from.
    case none

    /// A class, by its index in ``TokenPredictor/labels``.
    case label(Int)

    /// A prompt, as a text encoder reads it.
    case text(TextEmbedding)
}
