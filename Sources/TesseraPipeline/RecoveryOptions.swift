import TesseraPosterior

/// How a damaged picture is recovered.
public struct RecoveryOptions: Sendable {
    /// How tokens are sampled.
    public enum Method: String, CaseIterable, Sendable {
        /// Anchored posterior sampling: the measurement steers every step.
        case anchored = "aps"

        /// Replacement sampling: the prior alone fills in around what was measured.
        case replacement
    }

    /// How tokens are sampled.
    public var method = Method.anchored

    /// The number of steps, T: how often the prior is asked for each window; at least 1.
    public var stepCount = PosteriorConfiguration().stepCount

    /// The number of gradient steps within a step, M; anchored sampling only.
    public var innerStepCount = PosteriorConfiguration().innerStepCount

    /// The index of a class in the prior's labels, or `nil` for none.
    public var label: Int?

    /// The scale s of guidance by the label; 1 is none.
    public var guidanceScale: Float = 1

    /// Whether the result is moved to where it explains the measurement exactly.
    public var isProjected = true

    /// The seed of all random choices.
    public var seed: UInt64 = 0

    /// What keys the random choices of this picture, as ``itemKey(_:)`` gives it.
    public var key: UInt64 = 0

    /// Makes the options that apply unless others are given.
    public init() {}
}
