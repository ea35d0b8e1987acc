public import TesseraCheckpoint
public import TesseraInverse
public import TesseraJSON
public import TesseraPacking
public import TesseraTensor

/// U-shaped denoisers of residual blocks without norms, as Tessera trains them.
public enum ResidualUNetFamily: DenoiserFamily {
    /// What `model.json` says of a U-shaped denoiser.
    public struct Settings: Hashable, Sendable {
        /// The channels of each stage, finest first.
        public var widths: [Int]

        /// The residual blocks of each stage on the way down, finest first.
        public var encoderBlocks: [Int]

        /// The residual blocks of each stage on the way up, finest first; the coarsest stage has no way up.
        public var decoderBlocks: [Int]

        /// Describes a denoiser.
        ///
        /// - Parameters:
        ///   - widths: The channels of each stage, finest first.
        ///   - encoderBlocks: The residual blocks of each stage on the way down, finest first.
        ///   - decoderBlocks: Those on the way up, one number fewer.
        public init(widths: [Int], encoderBlocks: [Int], decoderBlocks: [Int]) {
            self.widths = widths
            self.encoderBlocks = encoderBlocks
            self.decoderBlocks = decoderBlocks
        }

        /// The settings as a part of `model.json` holds them.
        public var json: JSONObject {
            func list(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer($0) }) }
            return [
                "widths": list(widths), "encoderBlocks": list(encoderBlocks),
                "decoderBlocks": list(decoderBlocks),
            ]
        }
    }

    /// The name of the family in `model.json`.
    public static let kind = "residual-unet"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        let settings = Settings(
            widths: try object.counts("widths", in: 1 ... 4096),
            encoderBlocks: try object.counts("encoderBlocks", in: 0 ... 64),
            decoderBlocks: try object.counts("decoderBlocks", in: 0 ... 64))
        let stages = settings.widths.count
        guard (1 ... 6).contains(stages) else {
            throw .count(key: object.path(of: "widths"), found: stages, expected: 3)
        }
        for (key, counts, expected) in [
            ("encoderBlocks", settings.encoderBlocks, stages),
            ("decoderBlocks", settings.decoderBlocks, stages - 1),
        ] where counts.count != expected {
            throw .count(key: object.path(of: key), found: counts.count, expected: expected)
        }
        return settings
    }

    /// Loads a network.
    public static func load(
        _ settings: Settings, from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any PixelDenoiser {
        try ResidualUNet(settings, from: weights, precision: precision)
    }

    /// Keeps the last layer, and the first in eight bits: every pixel passes through them.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        switch tensor.name {
        case "denoiser.conv_out.weight": .keep
        case "denoiser.conv_in.weight": .eightBits
        default: .any
        }
    }
}
