/// How a masked sampler fills a grid.
///
/// The defaults are those of MaskGIT (H. Chang et al., CVPR 2022) and its code.
public struct SamplerConfiguration: Sendable {
    /// The number of steps, T: how often the model is asked; at least 1.
    public var stepCount: Int

    /// How many slots stay masked as sampling goes on.
    public var schedule: MaskSchedule

    /// Which slots are revealed first.
    public var order: UnmaskingOrder

    /// What divides logits before a code is drawn; 0 takes the most probable code.
    public var softmaxTemperature: Float

    /// The probability mass that codes are drawn from, most probable first; 1 is all of it.
    public var topP: Float

    /// What multiplies the Gumbel noise on confidences, falling to 0 at the last step.
    public var choiceTemperature: Float

    /// The scale s of guidance by the condition, u + s (c - u); 1 is none and needs one pass, not two.
    public var guidanceScale: Float

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - stepCount: The number of steps, at least 1.
    ///   - schedule: How many slots stay masked as sampling goes on.
    ///   - order: Which slots are revealed first.
    ///   - softmaxTemperature: What divides logits before a code is drawn; not negative.
    ///   - topP: The probability mass that codes are drawn from, in (0, 1].
    ///   - choiceTemperature: What multiplies the Gumbel noise on confidences; not negative.
    ///   - guidanceScale: The scale s of guidance by the condition.
    public init(
        stepCount: Int = 12, schedule: MaskSchedule = .cosine, order: UnmaskingOrder = .confidence,
        softmaxTemperature: Float = 1, topP: Float = 1, choiceTemperature: Float = 4.5,
        guidanceScale: Float = 1
    ) {
        precondition(stepCount >= 1, "Sampling takes at least 1 step, but got \(stepCount)")
        precondition(
            softmaxTemperature >= 0,
            "A softmax temperature is not negative, but got \(softmaxTemperature)")
        precondition(topP > 0 && topP <= 1, "A top-p lies in (0, 1], but got \(topP)")
        precondition(
            choiceTemperature >= 0,
            "A choice temperature is not negative, but got \(choiceTemperature)")
        self.stepCount = stepCount
        self.schedule = schedule
        self.order = order
        self.softmaxTemperature = softmaxTemperature
        self.topP = topP
        self.choiceTemperature = choiceTemperature
        self.guidanceScale = guidanceScale
    }
}
