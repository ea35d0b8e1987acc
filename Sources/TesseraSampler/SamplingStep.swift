public import TesseraTokens

/// What a sampler has after one of its steps.
public struct SamplingStep: Sendable {
    /// The number of this step, counted from 1.
    public let number: Int

    /// The number of steps that there will be.
    public let stepCount: Int

    /// The tokens so far; none is masked after the last step.
    public let grid: TokenGrid
}
