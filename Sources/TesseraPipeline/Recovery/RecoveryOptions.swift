public import TesseraInverse
public import TesseraPosterior
public import TesseraTokens

/// How a degraded picture is recovered.
public struct RecoveryOptions: Sendable {
    /// How tokens are sampled.
    public var method = RecoveryMethod.anchored

    /// The number of steps, T: how often the prior is asked for each window; at least 1.
    public var stepCount = PosteriorConfiguration().stepCount

    /// The number of decodes within a step, M: gradient steps, candidates or proposals.
    public var innerStepCount = PosteriorConfiguration().innerStepCount

    /// Whether sampling starts from an initial estimate; `nil` for the method's own habit.
    public var startsFromEstimate: Bool?

    /// Settings of the method's own parameters, by their names, for ablations.
    public var settings: [String: MethodSetting] = [:]

    /// What the prior is told of the picture beside its tokens.
    public var condition = Condition.none

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// How often the prior looks at all positions of a window: at every so many steps, at least 1.
    ///
    /// In between it looks at those that are masked or have just been unmasked, and the keys and values of
    /// the others stay what they were. On the validation set that costs nothing, and a box of 64 × 64
    /// is filled in three quarters of the time, guided by the draft in half. `nil` for the method's own
    /// habit.
    public var cacheInterval: Int?

    /// Where the texture of filled holes comes from; other recoveries do not ask.
    public var texture = HoleTexture.auto

    /// How far from a hole pixels are copied to fill it, in pixels; `nil` for as far as helps.
    public var sourceRadius: Int?

    /// The width in pixels from which on a hole is filled from exemplars without a guide.
    ///
    /// The prior does not see across so wide a hole: what it says is a smudge that texture would follow.
    package var unguidedWidth = 192

    /// What images are like pixel by pixel, which has the last word about what tokens leave out; `nil` for none.
    public var denoiser: (any PixelDenoiser)?

    /// How images look that a denoiser restores without tokens; other recoveries do not ask.
    public var look = Look.faithful

    /// Whether the result is made consistent with the measurement.
    public var isProjected = true

    /// The seed of all random choices.
    public var seed: UInt64 = 0

    /// What keys the random choices of this picture, as ``itemKey(_:)`` gives it.
    public var key: UInt64 = 0

    /// Makes the options that apply unless others are given.
    public init() {}

    /// The number of decodes that the defaults of every method spend.
    public static let usualBudget = 36

    /// Makes the options of a method and a number of decodes.
    ///
    /// - Parameters:
    ///   - method: How tokens are sampled.
    ///   - budget: The most pictures, or windows of large ones, to decode; at least 1.
    public init(method: RecoveryMethod, budget: Int = usualBudget) {
        self.init()
        self.method = method
        (stepCount, innerStepCount) = method.counts(forBudget: budget)
    }
}
