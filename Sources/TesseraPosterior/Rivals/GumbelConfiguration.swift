public import TesseraSampler

/// How posterior sampling through Gumbel noise runs.
///
/// The defaults are those of the paper and its code; see ``GumbelPosteriorSampler``.
public struct GumbelConfiguration: Sendable {
    /// The number of steps, T: how often the prior is asked; at least 1.
    public var stepCount = 100

    /// The number of gradient steps within a step, M: each decodes the picture forth and back.
    public var innerStepCount = 30

    /// How many slots are masked again as sampling goes on.
    public var schedule = MaskSchedule.cosine

    /// The learning rate of the rectified Adam on the logits; 15 and one decade for blurred pictures.
    public var learningRate = DecayingValue(10, decades: 2)

    /// The part of the last step's logits in those that a step starts from; the prior has the rest.
    public var warmStart: Float = 0.7

    /// The weight λ of the prior in what is made small: ‖A(x) - y‖ + λ Σ KL(q ‖ x_θ).
    public var priorWeight = DecayingValue(3e-4, decades: 2)

    /// What divides logits and noise before the softmax, above 0.
    public var relaxationTemperature: Float = 1

    /// The loss L; what is made small is the root of the sum that it is the mean of.
    public var loss = MeasurementLoss.squared

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// Makes the default configuration.
    public init() {}
}
