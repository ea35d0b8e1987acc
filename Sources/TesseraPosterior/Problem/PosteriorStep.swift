public import TesseraTokens

/// What a posterior sampler has after one of its steps.
public struct PosteriorStep: Sendable {
    /// The number of this step, counted from 1.
    public let number: Int

    /// The number of steps that there will be.
    public let stepCount: Int

    /// The tokens that are committed; none is masked after the last step.
    public let grid: TokenGrid

    /// The committed tokens, and the anchors of all others: the whole picture as it is seen now.
    public let estimate: TokenGrid

    /// The measurement loss of each picture that this step decoded, in order: at the start of each
    /// gradient step, of each candidate, or of each proposal.
    public let losses: [Double]

    /// How many pictures this step decoded; with the gradient a decode counts as one too.
    public var decodeCount: Int { losses.count }
}
