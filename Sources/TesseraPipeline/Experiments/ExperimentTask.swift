import TesseraInverse

/// A damage and the noise of its measurement: one table of an experiment.
public struct ExperimentTask: Hashable, Sendable {
    /// What pictures are damaged by.
    public let damage: Damage

    /// The standard deviation of the measurement's noise, in units of [-1, 1]; 0 for none.
    public let noise: Double

    /// The name in tables and of files, such as `sr4` or `sr4-noise-0.05`.
    public var name: String { noise > 0 ? "\(damage.rawValue)-noise-\(noise)" : damage.rawValue }

    /// How pictures become measurements.
    public var degradation: Degradation {
        var degradation = Degradation(damage)
        if noise > 0 { degradation.noise = .gaussian(deviation: noise) }
        return degradation
    }
}
