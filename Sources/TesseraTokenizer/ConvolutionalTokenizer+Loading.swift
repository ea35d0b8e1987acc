public import TesseraCheckpoint
public import TesseraTensor
import TesseraTokens

extension ConvolutionalTokenizer {
    /// Loads the tokenizer of a model folder.
    ///
    /// - Parameters:
    ///   - folder: A model folder.
    ///   - tileSide: The largest side of a tile with its halo, in positions.
    ///   - guidancePrecision: The format in which the decoder's gradients are computed.
    ///   - isGuidedByDraft: Whether the draft decoder guides sampling.
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder, or do not fit its
    ///   description; a dimension-wise tokenizer must have its levels, and a draft decoder must be
    ///   there where one is asked for.
    public init(
        from folder: ModelFolder, tileSide: Int = defaultTileSide,
        guidancePrecision: Precision = .float32, isGuidedByDraft: Bool = false
    ) throws(CheckpointError) {
        let description = folder.description.tokenizer
        let file = try folder.tokenizerWeights()
        let architecture = ConvolutionalArchitecture(description)
        let encoder = try ConvolutionalEncoder(from: file, architecture: architecture)
        let decoder = try ConvolutionalDecoder(
            from: file, architecture: architecture, guidancePrecision: guidancePrecision)
        var draft: ConvolutionalDecoder?
        if isGuidedByDraft {
            draft = try ConvolutionalDecoder(
                named: "draft", from: file, architecture: folder.draftArchitecture(),
                guidancePrecision: guidancePrecision)
        }
        self.init(
            encoder: encoder, decoder: decoder, draftDecoder: draft,
            codeSpace: try loadCodeSpace(description, from: file), tileSide: tileSide)
    }
}

extension ModelFolder {
    /// The extents of the draft decoder; it has no encoder.
    fileprivate func draftArchitecture() throws(CheckpointError) -> ConvolutionalArchitecture {
        guard let draft = description.tokenizer.draft else { throw .model(path: path, .noDraft) }
        return ConvolutionalArchitecture(
            latentChannels: description.tokenizer.latentChannels, widths: draft.widths,
            encoderBlocks: draft.widths.map { _ in 0 }, decoderBlocks: draft.blocks)
    }
}

extension ConvolutionalEncoder {
    /// Loads the encoder of a model folder, whose levels need not be fitted yet.
    ///
    /// - Parameter folder: A model folder.
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder, or do not fit its
    ///   description.
    public init(from folder: ModelFolder) throws(CheckpointError) {
        try self.init(
            from: try folder.tokenizerWeights(allowingMissingBins: true),
            architecture: ConvolutionalArchitecture(folder.description.tokenizer))
    }
}

extension ConvolutionalArchitecture {
    /// The extents that a model folder describes.
    public init(_ description: ModelDescription.Tokenizer) {
        self.init(
            latentChannels: description.latentChannels, widths: description.widths,
            encoderBlocks: description.encoderBlocks, decoderBlocks: description.decoderBlocks)
    }
}

/// The quantizer of a tokenizer, from the tables in its weights.
private func loadCodeSpace(
    _ description: ModelDescription.Tokenizer, from file: SafetensorsFile
) throws(CheckpointError) -> any CodeSpace {
    let slots = description.vocabulary.count
    switch description.quantizer {
    case .dimension:
        guard let bins = description.binsPerChannel else {
            preconditionFailure("A description is checked when it is read")
        }
        let levels = try file.tensor(
            ModelFolder.levelsName, shape: [description.latentChannels, bins])
        return DimensionCodeSpace(levels: levels, slotCount: slots)
    case .binary:
        return BinaryCodeSpace(
            slotCount: slots, bitsPerSlot: description.latentChannels / slots)
    case .factorized:
        let codebooks = try file.tensor(
            "quantizer.codebooks",
            shape: [slots, description.vocabulary[0], description.latentChannels / slots])
        return FactorizedCodeSpace(codebooks: codebooks)
    }
}
