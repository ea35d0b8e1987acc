public import TesseraCheckpoint
public import TesseraJSON
public import TesseraPacking
public import TesseraTokens

/// VQGANs as "Taming Transformers" trains them, with the names and shapes of its checkpoints.
///
/// P. Esser, R. Rombach and B. Ommer, CVPR 2021, and their code. Codes are nearest by the Euclidean
/// distance. A checkpoint with a remapped codebook (`quantize.used`) is not one of this family.
public enum TamingFamily: TokenizerFamily {
    /// The name of the family in `model.json`.
    public static let kind = "taming-vqgan"

    /// Reads settings, so that networks built from them cannot trap.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> TamingSettings
    {
        try TamingSettings(&object)
    }

    /// What a network of the family is like, before it is loaded.
    public static func traits(of settings: TamingSettings) -> TokenizerTraits {
        TokenizerTraits(
            quantizer: "vector", pixelsPerToken: settings.pixelsPerToken,
            latentChannels: settings.latentChannels, vocabulary: [settings.codeCount])
    }

    /// Loads a network.
    public static func load(
        _ settings: TamingSettings, from weights: Weights, _ options: TokenizerOptions
    ) throws(CheckpointError) -> any VisualTokenizer {
        let traits = traits(of: settings)
        do { _ = try traits.objective(asked: options.objective) } catch {
            throw .model(path: weights.folder, error)
        }
        guard !options.isGuidedByDraft else { throw .model(path: weights.folder, .noDraft) }
        let codebook = try weights.tensor(
            "quantize.embedding.weight", shape: [settings.codeCount, settings.latentChannels])
        return TamingTokenizer(
            encoder: try TamingEncoder(from: weights, settings: settings),
            network: try TamingDecoder(
                from: weights, settings: settings, guidancePrecision: options.guidancePrecision),
            codeSpace: VectorCodeSpace(codebook: codebook))
    }

    /// Keeps the codebook and the layers whose outputs are rounded to codes, in eight bits the rest of
    /// the encoder.
    public static func packing(
        of tensor: TensorDescription, _ settings: TamingSettings
    ) -> PackingAdvice {
        let name = tensor.name
        if name.hasPrefix("quantize.") || name.hasPrefix("quant_conv.")
            || name.hasPrefix("encoder.conv_out.")
        {
            return .keep
        }
        return name.hasPrefix("decoder.") && name.contains(".block") ? .any : .eightBits
    }
}
