public import TesseraInverse
public import TesseraJSON
import TesseraPipeline

/// A degradation and the noise of its measurement: one table of an experiment.
public struct ExperimentTask: Hashable, Sendable {
    /// What pictures are degraded by, without noise and kernel.
    public let degradation: Degradation

    /// The standard deviation of the measurement's noise, in units of [-1, 1]; 0 for none.
    public let noise: Double

    /// The file of the kernel, for a degradation that has none of its own.
    public let kernel: String?

    /// The name in tables and of files, such as `sr4` or `sr4-noise-0.05`.
    public var name: String { noise > 0 ? "\(degradationName)-noise-\(noise)" : degradationName }

    /// The name of the degradation, with those of its parameters that are not the usual ones, such as
    /// `inpaint-box-96-random` or `jpeg-10`.
    public var degradationName: String {
        ([degradation.name]
            + unusual.members.map { member in
                if case .string(let word) = member.value { word } else { member.value.compactText }
            }).joined(separator: "-")
    }

    /// The parameters that a recipe gave and that are not the usual ones.
    ///
    /// A box at another place says its side in any case.
    var unusual: JSONObject {
        var members = JSONObject()
        let (own, usual) = (degradation.parameters, DegradationParameters())
        if own.boxSide != usual.boxSide || own.boxPlace != usual.boxPlace {
            members["boxSide"] = .integer(own.boxSide)
        }
        if own.boxPlace != usual.boxPlace { members["boxPlace"] = .string(own.boxPlace.rawValue) }
        if own.quality != usual.quality { members["quality"] = .integer(own.quality) }
        if own.missing != usual.missing { members["missing"] = .real(own.missing) }
        if own.kernel != usual.kernel, let deviation = own.kernel.deviation {
            members["deviation"] = .real(deviation)
        }
        return members
    }

    /// How pictures become measurements.
    ///
    /// - Parameter kernel: What is in the file of the kernel, if there is one.
    /// - Returns: The degradation with its parameters.
    public func degradation(kernel: BlurKernel?) -> Degradation {
        var degradation = degradation
        if noise > 0 { degradation.parameters.noise = .gaussian(deviation: noise) }
        if self.kernel != nil, let kernel { degradation.parameters.kernel = kernel }
        return degradation
    }

    /// What another program needs to know to undo the degradation, beside the numbers and the mask.
    public var metadata: JSONObject {
        var metadata: JSONObject = ["task": .string(degradation.name), "noise": .real(noise)]
        if let factor = degradation.factor { metadata["factor"] = .integer(factor) }
        if degradation.accepted.contains(.quality) {
            metadata["quality"] = .integer(degradation.parameters.quality)
        }
        return metadata
    }
}
