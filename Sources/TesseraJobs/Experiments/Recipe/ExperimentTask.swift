public import TesseraCheckpoint
public import TesseraInverse
public import TesseraPipeline

/// A damage and the noise of its measurement: one table of an experiment.
public struct ExperimentTask: Hashable, Sendable {
    /// What pictures are damaged by.
    public let damage: Damage

    /// The standard deviation of the measurement's noise, in units of [-1, 1]; 0 for none.
    public let noise: Double

    /// The file of the kernel, for a damage that has none of its own.
    public let kernel: String?

    /// The name in tables and of files, such as `sr4` or `sr4-noise-0.05`.
    public var name: String { noise > 0 ? "\(damage.rawValue)-noise-\(noise)" : damage.rawValue }

    /// How pictures become measurements.
    ///
    /// - Parameter kernel: What is in the file of the kernel, if there is one.
    /// - Returns: The damage with its parameters.
    public func degradation(kernel: BlurKernel?) -> Degradation {
        var degradation = Degradation(damage)
        if noise > 0 { degradation.noise = .gaussian(deviation: noise) }
        if self.kernel != nil, let kernel { degradation.kernel = kernel }
        return degradation
    }

    /// What another program needs to know to undo the damage, beside the numbers and the mask.
    public var metadata: JSONObject {
        var metadata: JSONObject = ["task": .string(damage.rawValue), "noise": .real(noise)]
        if let factor = damage.factor { metadata["factor"] = .integer(factor) }
        if damage == .jpeg { metadata["quality"] = .integer(Degradation(damage).quality) }
        return metadata
    }
}
