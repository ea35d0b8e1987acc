public import TesseraCheckpoint
public import TesseraPacking
import TesseraTokens

extension ConvolutionalTokenizer {
    /// The name of the tensor of the levels of a dimension-wise quantizer.
    ///
    /// Shape `[latentChannels, levelsPerChannel]`, rising in each row; absent until they are fitted.
    public static let levelsName = "quantizer.levels"

    /// Loads a tokenizer.
    ///
    /// - Parameters:
    ///   - settings: What `model.json` says of it.
    ///   - weights: The weights.
    ///   - options: Which decoders work, and how they multiply. Sampling is guided by the decoder
    ///     for PSNR, or the draft.
    /// - Throws: ``CheckpointError`` if the weights do not fit the settings; a dimension-wise tokenizer
    ///   must have its levels, and a draft or perceptual decoder must be there where one is asked for.
    public init(
        _ settings: ResidualSettings, from weights: Weights, _ options: TokenizerOptions
    ) throws(CheckpointError) {
        guard settings.quantizer != .dimension || weights.holds(Self.levelsName) else {
            throw .model(path: weights.folder, .binsNotFitted)
        }
        let encoder = try ConvolutionalEncoder(from: weights, architecture: settings.architecture)
        let decoder = try ConvolutionalDecoder(
            from: weights, architecture: settings.architecture,
            guidancePrecision: options.guidancePrecision)
        var guidance = decoder
        if options.isGuidedByDraft {
            guard let draft = settings.draftArchitecture else {
                throw .model(path: weights.folder, .noDraft)
            }
            guidance = try ConvolutionalDecoder(
                named: "draft", from: weights, architecture: draft,
                guidancePrecision: options.guidancePrecision)
        }
        let objective: DecodingObjective
        do {
            objective = try ResidualFamily.traits(of: settings).objective(asked: options.objective)
        } catch { throw .model(path: weights.folder, error) }
        self.init(
            encoder: encoder,
            decoder: objective == .perceptual
                ? try ConvolutionalDecoder(
                    decoder, replacingFinestStages: settings.perceptualStages,
                    named: "perceptual", from: weights) : decoder,
            guidanceDecoder: guidance, codeSpace: try loadCodeSpace(settings, from: weights),
            tileSide: options.tileSide)
    }
}

extension ConvolutionalEncoder {
    /// Loads the encoder of a tokenizer, whose levels need not be fitted yet.
    ///
    /// - Parameters:
    ///   - settings: What `model.json` says of the tokenizer.
    ///   - weights: The weights.
    /// - Throws: ``CheckpointError`` if the weights do not fit the settings.
    public init(_ settings: ResidualSettings, from weights: Weights) throws(CheckpointError) {
        try self.init(from: weights, architecture: settings.architecture)
    }
}

/// The quantizer of a tokenizer, from the tables in its weights.
private func loadCodeSpace(
    _ settings: ResidualSettings, from weights: Weights
) throws(CheckpointError) -> any CodeSpace {
    let slots = settings.vocabulary.count
    switch settings.quantizer {
    case .dimension:
        guard let count = settings.levelsPerChannel else {
            preconditionFailure("Settings are checked when they are read")
        }
        let levels = try weights.tensor(
            ConvolutionalTokenizer.levelsName, shape: [settings.latentChannels, count])
        return DimensionCodeSpace(levels: levels, slotCount: slots)
    case .binary:
        return BinaryCodeSpace(
            slotCount: slots, bitsPerSlot: settings.latentChannels / slots)
    case .factorized:
        let codebooks = try weights.tensor(
            "quantizer.codebooks",
            shape: [slots, settings.vocabulary[0], settings.latentChannels / slots])
        return FactorizedCodeSpace(codebooks: codebooks)
    }
}
