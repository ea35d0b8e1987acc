/// How split Gibbs sampling runs.
public struct SplitGibbsConfiguration: Sendable {
    /// The number of steps, each a draw from the prior and a walk by the likelihood; at least 1.
    ///
    /// The paper takes 70 for photographs.
    public var stepCount = 70

    /// The number of decodes of a walk; the first of all looks at where the walk starts.
    ///
    /// The paper takes 5000 for photographs.
    public var proposalCount = 100

    /// The number of steps in which the prior fills what was masked; as many as slots are exact.
    public var priorStepCount = 4

    /// β: the part of the slots whose codes the prior may change however well they agree.
    ///
    /// Falls from 0.5 to 0.005 by default; values above 1 count as 1.
    public var corruption = DecayingValue(0.05, decades: 2)

    /// σ: the deviation of the measurement's noise, in units of pixels' [-1, 1] range.
    public var noiseStandardDeviation = 0.05

    /// Whether every other proposal takes over the prior's codes of a whole rectangle.
    ///
    /// Off, as published, each proposal changes one code anywhere to any other, which takes thousands
    /// of decodes to cross a picture.
    public var proposesRectangles = true

    /// The loss L; the negative log-likelihood is m L / (2 σ²) for m measured values.
    public var loss = MeasurementLoss.squared

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// Makes the default configuration.
    public init() {}
}
