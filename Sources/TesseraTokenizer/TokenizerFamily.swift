public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor
public import TesseraTokens

/// A family of tokenizers: networks from pixels to codes and back that are described alike.
public protocol TokenizerFamily: ModelFamily {
    /// What a network of the family is like, before it is loaded.
    ///
    /// - Parameter settings: What the family is told.
    /// - Returns: Its sizes, and which decoders it has.
    static func traits(of settings: Settings) -> TokenizerTraits

    /// Loads a network.
    ///
    /// - Parameters:
    ///   - settings: What the family is told.
    ///   - weights: The weights of the part.
    ///   - options: Which decoders work, and how they multiply.
    /// - Returns: The tokenizer.
    /// - Throws: ``CheckpointError`` if the weights do not fit the settings, or what the options ask
    ///   for is not there.
    static func load(
        _ settings: Settings, from weights: Weights, _ options: TokenizerOptions
    ) throws(CheckpointError) -> any VisualTokenizer
}

/// What a tokenizer is like, before it is loaded.
public struct TokenizerTraits: Hashable, Sendable {
    /// How a latent becomes codes, in a word, such as `dimension`.
    public let quantizer: String

    /// The side of the square of pixels that one position stands for.
    public let pixelsPerToken: Int

    /// The number of channels of a latent, C.
    public let latentChannels: Int

    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// Whether there is a draft decoder.
    public let hasDraft: Bool

    /// What its decoders of pictures were trained for.
    public let objectives: [DecodingObjective]

    /// Describes a tokenizer.
    ///
    /// - Parameters:
    ///   - quantizer: How a latent becomes codes, in a word.
    ///   - pixelsPerToken: The side of the square of pixels that one position stands for.
    ///   - latentChannels: The number of channels of a latent.
    ///   - vocabulary: The number of codes of each slot.
    ///   - hasDraft: Whether there is a draft decoder.
    ///   - objectives: What its decoders of pictures were trained for.
    public init(
        quantizer: String, pixelsPerToken: Int, latentChannels: Int, vocabulary: [Int],
        hasDraft: Bool = false, objectives: [DecodingObjective] = [.psnr]
    ) {
        self.quantizer = quantizer
        self.pixelsPerToken = pixelsPerToken
        self.latentChannels = latentChannels
        self.vocabulary = vocabulary
        self.hasDraft = hasDraft
        self.objectives = objectives
    }

    /// The bits that name the codes of a position, each slot's in whole bits.
    public var bitsPerPosition: Int {
        vocabulary.reduce(0) { $0 + ($1 > 1 ? Int.bitWidth - ($1 - 1).leadingZeroBitCount : 0) }
    }

    /// What the decoder of pictures is to be trained for.
    ///
    /// - Parameter objective: What is asked, or `nil` for likeness to the eye if the model can.
    /// - Returns: What the model has.
    /// - Throws: ``ModelFault/noPerceptualDecoder`` if the model cannot do what is asked.
    public func objective(
        asked objective: DecodingObjective?
    ) throws(ModelFault) -> DecodingObjective {
        guard objective != .perceptual || objectives.contains(.perceptual) else {
            throw .noPerceptualDecoder
        }
        return objective ?? (objectives.contains(.perceptual) ? .perceptual : .psnr)
    }
}

/// How a tokenizer is loaded.
public struct TokenizerOptions: Sendable {
    /// The largest side of a tile with its halo, in positions.
    public var tileSide = defaultTileSide

    /// The format in which the decoder's gradients are computed.
    public var guidancePrecision = Precision.float32

    /// Whether the draft decoder guides sampling.
    public var isGuidedByDraft = false

    /// What the decoder of pictures was trained for; perceptual likeness where the model has such a
    /// decoder unless given.
    public var objective: DecodingObjective?

    /// Makes the default options.
    public init() {}

    /// The largest side of a tile with its halo, in positions, unless another is chosen.
    ///
    /// The largest tile, 1280 × 1280 pixels, takes about 400 MB with the channels of the shipped
    /// networks, and the halo about a third of the work of decoding a large picture.
    public static let defaultTileSide = 160
}
