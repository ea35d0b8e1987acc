public import TesseraJSON

/// What `model.json` says of a tokenizer of residual blocks.
public struct ResidualSettings: Hashable, Sendable {
    /// How a latent becomes codes.
    public enum Quantizer: String, Hashable, Sendable, CaseIterable {
        /// Sub-codebooks of unit vectors (FQGAN).
        case factorized

        /// Signs of channels (Binary Latent Diffusion).
        case binary

        /// Levels of each channel, computed after training (TokenBridge) or learned (QLAE).
        case dimension
    }

    /// A much smaller decoder of the same latents, good enough to guide sampling.
    public struct Draft: Hashable, Sendable {
        /// The channels of each stage, finest first.
        public var widths: [Int]

        /// The residual blocks of each stage, finest first.
        public var blocks: [Int]

        /// Describes a draft decoder.
        ///
        /// - Parameters:
        ///   - widths: The channels of each stage, finest first.
        ///   - blocks: The residual blocks of each stage, finest first.
        public init(widths: [Int], blocks: [Int]) {
            self.widths = widths
            self.blocks = blocks
        }
    }

    /// How a latent becomes codes.
    public var quantizer: Quantizer

    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int

    /// The number of channels of a latent, C.
    public var latentChannels: Int

    /// The number of codes of each slot.
    public var vocabulary: [Int]

    /// The channels of each stage, finest first.
    public var widths: [Int]

    /// The residual blocks of each stage of the encoder, finest first.
    public var encoderBlocks: [Int]

    /// The residual blocks of each stage of the decoder, finest first.
    public var decoderBlocks: [Int]

    /// The draft decoder, if the weights hold one.
    public var draft: Draft?

    /// How many of the decoder's stages, from the finest, there are a second time, trained for a
    /// perceptual distance together with the last layer; 0 for none.
    public var perceptualStages: Int

    /// Describes a tokenizer.
    ///
    /// - Parameters:
    ///   - quantizer: How a latent becomes codes.
    ///   - pixelsPerToken: The side of the square of pixels that one position stands for.
    ///   - latentChannels: The number of channels of a latent.
    ///   - vocabulary: The number of codes of each slot.
    ///   - widths: The channels of each stage, finest first.
    ///   - encoderBlocks: The residual blocks of each stage of the encoder, finest first.
    ///   - decoderBlocks: The residual blocks of each stage of the decoder, finest first.
    ///   - draft: The draft decoder, if the weights hold one.
    ///   - perceptualStages: How many finest stages there are for a perceptual distance.
    public init(
        quantizer: Quantizer, pixelsPerToken: Int = 8, latentChannels: Int,
        vocabulary: [Int] = [256, 256, 256, 256], widths: [Int] = [32, 64, 128],
        encoderBlocks: [Int] = [1, 1, 3], decoderBlocks: [Int] = [1, 2, 5], draft: Draft? = nil,
        perceptualStages: Int = 0
    ) {
        self.quantizer = quantizer
        self.pixelsPerToken = pixelsPerToken
        self.latentChannels = latentChannels
        self.vocabulary = vocabulary
        self.widths = widths
        self.encoderBlocks = encoderBlocks
        self.decoderBlocks = decoderBlocks
        self.draft = draft
        self.perceptualStages = perceptualStages
    }

    /// The settings as a part of `model.json` holds them.
    public var json: JSONObject {
        var object: JSONObject = [
            "quantizer": .string(quantizer.rawValue), "pixelsPerToken": .integer(pixelsPerToken),
            "latentChannels": .integer(latentChannels), "vocabulary": list(vocabulary),
            "widths": list(widths), "encoderBlocks": list(encoderBlocks),
            "decoderBlocks": list(decoderBlocks),
        ]
        object["draft"] = draft.map {
            .object(["widths": list($0.widths), "blocks": list($0.blocks)])
        }
        if perceptualStages > 0 { object["perceptualStages"] = .integer(perceptualStages) }
        return object
    }
}

private func list(_ counts: [Int]) -> JSONValue { .array(counts.map { .integer($0) }) }

extension ResidualSettings {
    /// The number of levels of each channel of a dimension-wise quantizer, the root of a slot's codes.
    ///
    /// `nil` for another quantizer, or if no whole number gives the vocabulary.
    public var levelsPerChannel: Int? {
        guard quantizer == .dimension, let size = vocabulary.first, size > 1 else { return nil }
        let channels = latentChannels / vocabulary.count
        return (2 ... size).first { power($0, channels, limit: size) == size }
    }

    /// The sizes of the networks.
    var architecture: ConvolutionalArchitecture {
        ConvolutionalArchitecture(
            latentChannels: latentChannels, widths: widths, encoderBlocks: encoderBlocks,
            decoderBlocks: decoderBlocks)
    }

    /// The sizes of the draft decoder, which has no encoder.
    var draftArchitecture: ConvolutionalArchitecture? {
        draft.map {
            ConvolutionalArchitecture(
                latentChannels: latentChannels, widths: $0.widths,
                encoderBlocks: $0.widths.map { _ in 0 }, decoderBlocks: $0.blocks)
        }
    }
}

/// The base to the power of the exponent, or `nil` past the limit.
private func power(_ base: Int, _ exponent: Int, limit: Int) -> Int? {
    var product = 1
    for _ in 0 ..< exponent {
        product *= base
        if product > limit { return nil }
    }
    return product
}
