import TesseraPosterior
import TesseraSampler

/// Settings of anchored posterior sampling that differ from the method's own: an ablation.
public struct PosteriorChanges: Hashable, Sendable {
    /// How much of the last step's tilt a step starts with.
    public var warmStart: Double?

    /// The weight of the prior beside the measurement.
    public var priorWeight: Double?

    /// What multiplies the noise on confidences.
    public var choiceTemperature: Double?

    /// Whether the entropy of a slot says how hard its latent is.
    public var usesEntropyGate: Bool?

    /// Whether gradient steps end where noise alone would leave the loss.
    public var stopsAtNoise: Bool?

    /// The part of the settled slots that each step settles again.
    public var revisitedPart: Double?

    /// How often the prior looks at all positions.
    public var cacheInterval: Int?

    /// The name of the schedule: how many slots stay masked as sampling goes on.
    public var schedule: String?

    /// Changes nothing.
    public init() {}

    /// Makes the changes, but for that of the prior.
    func apply(to configuration: inout PosteriorConfiguration) {
        if let warmStart { configuration.warmStart = Float(warmStart) }
        if let priorWeight { configuration.priorWeight.middle = Float(priorWeight) }
        if let choiceTemperature { configuration.choiceTemperature = Float(choiceTemperature) }
        if let usesEntropyGate { configuration.usesEntropyGate = usesEntropyGate }
        if let stopsAtNoise { configuration.stopsAtNoise = stopsAtNoise }
        if let revisitedPart { configuration.revisitedPart = Float(revisitedPart) }
        for known in MaskSchedule.all where known.name == schedule {
            configuration.schedule = known
            configuration.measuredSchedule = known
        }
    }
}
