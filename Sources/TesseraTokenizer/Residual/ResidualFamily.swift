public import TesseraCheckpoint
public import TesseraJSON
public import TesseraPacking
public import TesseraTokens

/// Convolutional autoencoders of residual blocks without norms and attention, as Tessera trains them.
public enum ResidualFamily: TokenizerFamily {
    /// The name of the family in `model.json`.
    public static let kind = "residual"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(
        _ object: inout StrictObject
    ) throws(ObjectFault) -> ResidualSettings {
        try ResidualSettings(&object)
    }

    /// What a network of the family is like, before it is loaded.
    public static func traits(of settings: ResidualSettings) -> TokenizerTraits {
        TokenizerTraits(
            quantizer: settings.quantizer.rawValue, pixelsPerToken: settings.pixelsPerToken,
            latentChannels: settings.latentChannels, vocabulary: settings.vocabulary,
            hasDraft: settings.draft != nil,
            objectives: settings.perceptualStages > 0 ? [.psnr, .perceptual] : [.psnr])
    }

    /// Loads a network.
    public static func load(
        _ settings: ResidualSettings, from weights: Weights, _ options: TokenizerOptions
    ) throws(CheckpointError) -> any VisualTokenizer {
        try ConvolutionalTokenizer(settings, from: weights, options)
    }

    /// Keeps quantizers and the encoder's last layer, whose outputs are rounded to codes.
    ///
    /// What everything passes through stays in eight bits; only decoders' blocks become smaller.
    public static func packing(
        of tensor: TensorDescription, _ settings: ResidualSettings
    ) -> PackingAdvice {
        if tensor.name.hasPrefix("quantizer.") || tensor.name == "encoder.conv_out.weight" {
            return .keep
        }
        let isInDecoderBlock =
            !tensor.name.hasPrefix("encoder.") && tensor.name.contains(".blocks.")
        return tensor.shape.count == 4 && !isInDecoderBlock ? .eightBits : .any
    }
}
