import Foundation
public import TesseraSampler

/// How anchored posterior sampling runs.
public struct PosteriorConfiguration: Sendable {
    /// The number of steps, T: how often the prior is asked; at least 1.
    public var stepCount = 12

    /// The number of gradient steps within a step, M: each decodes the picture forth and back.
    public var innerStepCount = 12

    /// How many slots stay masked as sampling goes on.
    public var schedule = MaskSchedule.cosine

    /// The learning rate of Adam on the logits, at the geometric middle of the steps.
    public var learningRate: Float = 0.5

    /// The decades by which the learning rate falls from the first to the last step.
    ///
    /// G2D2 (N. Murata et al., arXiv 2410.14710) uses 1 to 2; 0 keeps the rate.
    public var learningRateDecades: Float = 0

    /// How much of the last step's optimized logits a step starts from; the rest is the prior's.
    ///
    /// 0 is the published algorithm, which starts every step from the prior; G2D2 uses 0.7.
    public var warmStart: Float = 0.7

    /// The weight of the mean divergence of a slot from the prior, KL(x_φ ‖ x_θ), in the loss.
    public var priorWeight: Float = 0

    /// Whether the entropy of a slot says how hard its latent is in the forward pass.
    ///
    /// Off, as published, the decoder sees codes and the gradient goes straight through. On, it sees
    /// ē + w (snap(ē) - ē) with w the slot's entropy over its largest value (EntRGi, A. Tejaswi et
    /// al., arXiv 2602.05000).
    public var usesEntropyGate = false

    /// What the gradient steps make small.
    public var loss = MeasurementLoss.squared

    /// The scale s of guidance by a label; 1 is none.
    public var guidanceScale: Float = 1

    /// Makes the default configuration.
    public init() {}

    /// The learning rate of a step, falling log-linearly.
    ///
    /// - Parameters:
    ///   - number: The number of the step, counted from 1.
    ///   - count: The number of steps.
    /// - Returns: The rate.
    func learningRate(ofStep number: Int, of count: Int) -> Float {
        let progress = count > 1 ? Float(number - 1) / Float(count - 1) : 0.5
        return learningRate * powf(10, learningRateDecades * (0.5 - progress))
    }
}
