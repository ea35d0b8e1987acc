/// What `model.json` says about a model: its networks, its weight files, and how it came to be.
public struct ModelDescription: Hashable, Sendable {
    /// The version of the schema that is read and written.
    public static let format = 1

    /// The name, which is also that of the folder when it ships.
    public var name: String

    /// One or two sentences for people.
    public var summary: String

    /// The autoencoder and its quantizer.
    public var tokenizer: Tokenizer

    /// The masked transformer, if the folder has one.
    public var prior: Prior?

    /// What the model was trained with.
    public var training: Training

    /// Measurements by name of the data and name of the metric, such as `bench256` and `psnr`.
    public var metrics: [String: [String: Double]]

    /// Makes a description.
    ///
    /// - Parameters:
    ///   - name: The name of the model.
    ///   - summary: One or two sentences for people; `description` in the file.
    ///   - tokenizer: The autoencoder and its quantizer.
    ///   - prior: The masked transformer, if there is one.
    ///   - training: What the model was trained with.
    ///   - metrics: Measurements by name of the data and name of the metric.
    public init(
        name: String, summary: String, tokenizer: Tokenizer, prior: Prior? = nil,
        training: Training, metrics: [String: [String: Double]] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.tokenizer = tokenizer
        self.prior = prior
        self.training = training
        self.metrics = metrics
    }
}

extension ModelDescription {
    /// A file of weights, pinned by its hash.
    public struct WeightFile: Hashable, Sendable {
        /// The name of the file inside the folder.
        public var name: String

        /// The SHA-256 of the file in lower-case hexadecimal digits.
        public var sha256: String

        /// Names a file.
        ///
        /// - Parameters:
        ///   - name: The name of the file inside the folder.
        ///   - sha256: Its hash in lower-case hexadecimal digits.
        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// How a latent becomes codes.
    public enum Quantizer: String, Hashable, Sendable, CaseIterable {
        /// Sub-codebooks of unit vectors (FQGAN).
        case factorized

        /// Signs of channels (Binary Latent Diffusion).
        case binary

        /// Bins of each channel, computed after training (TokenBridge) or learned (QLAE).
        case dimension
    }

    /// The autoencoder and its quantizer.
    public struct Tokenizer: Hashable, Sendable {
        /// The weights.
        public var file: WeightFile

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

        /// How many of the decoder's stages, from the finest, there are a second time, trained for
        /// a perceptual distance together with the last layer; 0 for none.
        public var perceptualStages: Int

        /// Describes a tokenizer.
        ///
        /// - Parameters:
        ///   - file: The weights.
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
            file: WeightFile, quantizer: Quantizer, pixelsPerToken: Int = 8, latentChannels: Int,
            vocabulary: [Int] = [256, 256, 256, 256], widths: [Int] = [32, 64, 128],
            encoderBlocks: [Int] = [1, 1, 3], decoderBlocks: [Int] = [1, 2, 5],
            draft: Draft? = nil, perceptualStages: Int = 0
        ) {
            self.file = file
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

    /// The masked transformer.
    public struct Prior: Hashable, Sendable {
        /// The weights.
        public var file: WeightFile

        /// The number of layers.
        public var layers: Int

        /// The number of channels, D.
        public var width: Int

        /// The number of attention heads.
        public var heads: Int

        /// The side of the window of positions that the network was trained on.
        public var window: Int

        /// The names of the classes; empty if the network knows none.
        public var labels: [String]

        /// Describes a prior.
        ///
        /// - Parameters:
        ///   - file: The weights.
        ///   - layers: The number of layers.
        ///   - width: The number of channels.
        ///   - heads: The number of attention heads.
        ///   - window: The side of the window of positions.
        ///   - labels: The names of the classes.
        public init(
            file: WeightFile, layers: Int, width: Int, heads: Int, window: Int = 16,
            labels: [String] = []
        ) {
            self.file = file
            self.layers = layers
            self.width = width
            self.heads = heads
            self.window = window
            self.labels = labels
        }
    }

    /// What a model was trained with.
    public struct Training: Hashable, Sendable {
        /// The name of the data.
        public var data: String

        /// The licence of the data.
        public var licence: String

        /// The optimizer steps of the tokenizer.
        public var steps: Int

        /// The machine.
        public var hardware: String

        /// The command that makes the model again.
        public var command: String

        /// The optimizer steps of the prior, if there is one.
        public var priorSteps: Int?

        /// Describes a training.
        ///
        /// - Parameters:
        ///   - data: The name of the data.
        ///   - licence: The licence of the data.
        ///   - steps: The optimizer steps of the tokenizer.
        ///   - hardware: The machine.
        ///   - command: The command that makes the model again.
        ///   - priorSteps: The optimizer steps of the prior, if there is one.
        public init(
            data: String, licence: String, steps: Int, hardware: String, command: String,
            priorSteps: Int? = nil
        ) {
            self.data = data
            self.licence = licence
            self.steps = steps
            self.hardware = hardware
            self.command = command
            self.priorSteps = priorSteps
        }
    }
}
