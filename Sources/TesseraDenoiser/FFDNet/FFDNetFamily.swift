public import TesseraCheckpoint
public import TesseraInverse
public import TesseraJSON
public import TesseraPacking
public import TesseraTensor

/// FFDNet for colours, as its authors publish it.
///
/// K. Zhang, W. Zuo and L. Zhang, "FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image Denoising", TIP 2018.
public enum FFDNetFamily: DenoiserFamily {
    /// What `model.json` says of an FFDNet.
    public struct Settings: Hashable, Sendable {
        /// The channels between layers.
        public var width: Int

        /// The number of convolutions.
        public var layers: Int
    }

    /// The name of the family in `model.json`.
    public static let kind = "ffdnet"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        Settings(
            width: try object.count("width", in: 1 ... 4096),
            layers: try object.count("layers", in: 2 ... 64))
    }

    /// Loads a network.
    public static func load(
        _ settings: Settings, from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any PixelDenoiser {
        try FFDNet(settings, from: weights, precision: precision)
    }

    /// Keeps the last layer, and the first in eight bits: every pixel passes through them.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        switch tensor.name {
        case "denoiser.layers.\(settings.layers - 1).weight": .keep
        case "denoiser.layers.0.weight": .eightBits
        default: .any
        }
    }
}
