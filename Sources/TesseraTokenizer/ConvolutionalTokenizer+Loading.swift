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
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder, or do not fit its
    ///   description; a dimension-wise tokenizer must have its levels.
    public init(
        from folder: ModelFolder, tileSide: Int = defaultTileSide,
        guidancePrecision: Precision = .float32
    ) throws(CheckpointError) {
        let description = folder.description.tokenizer
        let file = try folder.tokenizerWeights()
        let architecture = ConvolutionalArchitecture(description)
        let encoder = try ConvolutionalEncoder(from: file, architecture: architecture)
        let decoder = try ConvolutionalDecoder(
            from: file, architecture: architecture, guidancePrecision: guidancePrecision)
        let codeSpace = try loadCodeSpace(description, from: file)
        self.init(encoder: encoder, decoder: decoder, codeSpace: codeSpace, tileSide: tileSide)
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
