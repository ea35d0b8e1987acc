public import TesseraCheckpoint
public import TesseraInverse
public import TesseraJSON
public import TesseraPacking
public import TesseraTensor

/// DRUNet for colours, as its authors publish it.
///
/// K. Zhang, Y. Li, W. Zuo, L. Zhang, L. Van Gool and R. Timofte, "Plug-and-Play Image Restoration with Deep Denoiser
/// Prior", TPAMI 2021.
public enum DRUNetFamily: DenoiserFamily {
    /// What `model.json` says of a DRUNet.
    public struct Settings: Hashable, Sendable {
        /// The channels of each stage, finest first.
        public var widths: [Int]

        /// The residual blocks of each stage, on the way down and on the way up.
        public var blocks: Int
    }

    /// The name of the family in `model.json`.
    public static let kind = "drunet"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        let settings = Settings(
            widths: try object.counts("widths", in: 1 ... 4096),
            blocks: try object.count("blocks", in: 0 ... 64))
        guard (2 ... 6).contains(settings.widths.count) else {
            throw .count(
                key: object.path(of: "widths"), found: settings.widths.count, expected: 4)
        }
        return settings
    }

    /// Loads a network.
    public static func load(
        _ settings: Settings, from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any PixelDenoiser {
        try DRUNet(settings, from: weights, precision: precision)
    }

    /// Keeps the last layer, and the first in eight bits: every pixel passes through them.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        switch tensor.name {
        case "denoiser.tail.weight": .keep
        case "denoiser.head.weight": .eightBits
        default: .any
        }
    }
}
