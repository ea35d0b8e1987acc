public import TesseraSampler

/// How anchored posterior sampling runs.
public struct PosteriorConfiguration: Sendable {
    /// The number of steps, T: how often the prior is asked; at least 1.
    public var stepCount = 12

    /// The number of gradient steps within a step, M: each decodes the picture forth and back.
    ///
    /// Three do what six do, but for 0.2 dB less with clipped pictures, and many more do worse; guidance is
    /// carried on from step to step.
    public var innerStepCount = 3

    /// How many slots stay masked as sampling goes on, in pictures with holes.
    ///
    /// Many early and few late: in a hole that gains half a decibel over MaskGIT's cosine.
    public var schedule = MaskSchedule.squareRoot

    /// How many slots stay masked as sampling goes on, where all positions are measured wholly.
    ///
    /// Few early and many late: with a blur without noise that gains 0.2 to 0.6 dB over the square
    /// root.
    public var measuredSchedule = MaskSchedule.cosine

    /// The learning rate of Adam on the logits.
    public var learningRate = DecayingValue(0.5)

    /// How much of the last step's guidance, φ - log x_θ, a step starts with.
    ///
    /// 0 is the published algorithm, which starts every step from the prior. G2D2 mixes 0.7 of the last
    /// step's φ itself into the new prior, and with it what the old prior said where the measurement
    /// says nothing; the guidance carries over what the measurement said.
    public var warmStart: Float = 0.7

    /// The weight λ of the prior in what is made small: ln L + λ KL(x_φ ‖ x_θ).
    ///
    /// L is the measurement loss, and the divergence is the mean over masked slots. The logarithm of a
    /// mean square is the likelihood of Gaussian noise whose deviation is the one seen, so one weight
    /// serves a hole in a picture, where most of the loss is the tokenizer's, and a reduced picture,
    /// which can be explained well. Without the term (0, as published) Adam blows the faint gradients
    /// deep inside a hole up to full steps.
    public var priorWeight = DecayingValue(0.03)

    /// Whether the entropy of a slot says how hard its latent is in the forward pass.
    ///
    /// Off, as published, the decoder sees codes and the gradient goes straight through. On, it sees
    /// ē + w (quantize(ē) - ē) with w the slot's entropy over its largest value (EntRGi, A. Tejaswi et
    /// al., arXiv 2602.05000).
    public var usesEntropyGate = false

    /// Whether the gradient steps of a step end where the loss is what noise alone would leave.
    ///
    /// The discrepancy principle (V. Morozov, 1966): what would make the loss smaller follows the noise.
    public var stopsAtNoise = true

    /// What multiplies the Gumbel noise on confidences, falling to 0 at the last step, as in MaskGIT.
    ///
    /// 0, as published, commits the surest anchors first: in a hole the blandest, side by side.
    public var choiceTemperature: Float = 4.5

    /// The part of the committed slots that each step masks again (remasking), in [0, 1].
    ///
    /// Drawn by the softmax of -p, with p the probability that the code had when it was committed
    /// (ReMDM-conf; G. Wang et al., "Remasking Discrete Diffusion Models with Inference-Time Scaling",
    /// arXiv 2503.00307). 0, as published, never looks at a committed slot again.
    public var remaskedPart: Float = 0

    /// What the gradient steps make small.
    public var loss = MeasurementLoss.squared

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// Makes the default configuration.
    public init() {}

    /// The algorithm as it was published: each step starts from the prior, which has no term of its
    /// own, and the surest anchors are committed first, by a cosine; 15 steps of 100 gradient steps.
    ///
    /// The paper's loss is an absolute error beside a perceptual distance, tuned for it alone; here it
    /// is the squared error, as for every rival. Start it without an initial estimate.
    public static var published: PosteriorConfiguration {
        var configuration = PosteriorConfiguration()
        configuration.stepCount = 15
        configuration.innerStepCount = 100
        configuration.schedule = .cosine
        configuration.measuredSchedule = .cosine
        configuration.warmStart = 0
        configuration.stopsAtNoise = false
        configuration.priorWeight = DecayingValue(0)
        configuration.choiceTemperature = 0
        return configuration
    }
}
