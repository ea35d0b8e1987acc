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
    ///   - goal: What the decoder of pictures was trained for; perceptual likeness where the model
    ///     has such a decoder unless given.
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder, or do not fit its
    ///   description; a dimension-wise tokenizer must have its levels, and a draft or perceptual
    ///   decoder must be there where one is asked for.
    public init(
        from folder: ModelFolder, tileSide: Int = defaultTileSide,
        guidancePrecision: Precision = .float32, isGuidedByDraft: Bool = false,
        decodingFor goal: DecodingGoal? = nil
    ) throws(CheckpointError) {
        let description = folder.description.tokenizer
        let file = try folder.tokenizerWeights()
        let architecture = ConvolutionalArchitecture(description)
        let encoder = try ConvolutionalEncoder(from: file, architecture: architecture)
        let decoder = try ConvolutionalDecoder(
            from: file, architecture: architecture, guidancePrecision: guidancePrecision)
        let guidance =
            isGuidedByDraft
            ? try ConvolutionalDecoder(
                named: "draft", from: file, architecture: folder.draftArchitecture(),
                guidancePrecision: guidancePrecision)
            : decoder
        var pictures = decoder
        if try folder.decodingGoal(asked: goal) == .perceptual {
            pictures = try ConvolutionalDecoder(
                decoder, replacingFinestStages: description.perceptualStages, named: "perceptual",
                from: file)
        }
        self.init(
            encoder: encoder, decoder: pictures, guidanceDecoder: guidance,
            codeSpace: try loadCodeSpace(description, from: file), tileSide: tileSide)
    }
}

extension ModelFolder {
    /// What the decoder of pictures is to be trained for.
    ///
    /// - Parameter goal: What is asked, or `nil` for likeness to the eye if the model can.
    /// - Returns: What the model has.
    /// - Throws: ``CheckpointError`` if the model cannot do what is asked.
    public func decodingGoal(
        asked goal: DecodingGoal?
    ) throws(CheckpointError) -> DecodingGoal {
        let isPerceptual = description.tokenizer.perceptualStages > 0
        guard goal != .perceptual || isPerceptual else {
            throw .model(path: path, .noPerceptualDecoder)
        }
        return goal ?? (isPerceptual ? .perceptual : .psnr)
    }

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
