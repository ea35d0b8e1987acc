public import TesseraCheckpoint
public import TesseraPosterior
import TesseraModels
public import TesseraTensor
public import TesseraTokenizer
public import TesseraTokens

/// A model that is ready to work: a tokenizer, perhaps a prior, and what a recipe says about them.
///
///     let model = try Model(ShippedModels().best(withPrior: false))
///     let result = model.reconstruct(try Image(contentsOf: "in.jpg"))
///     try result.image.write(to: "out.jpg")
public struct Model: Sendable {
    /// The name of the model.
    public let name: String

    /// The SHA-256 of each weight file that is in use, by its role.
    public let hashes: [(role: String, sha256: String)]

    /// Turns pixels into tokens and back.
    public let tokenizer: any VisualTokenizer

    /// Scores tokens; absent if the job needs none.
    public let prior: (any TokenPredictor)?

    /// What the decoder of pictures was trained for.
    public let decodingObjective: DecodingObjective

    /// Puts a model together from parts.
    ///
    /// - Parameters:
    ///   - name: The name of the model.
    ///   - hashes: The SHA-256 of each weight file, by its role.
    ///   - tokenizer: Turns pixels into tokens and back.
    ///   - prior: Scores tokens of the tokenizer's vocabulary.
    ///   - decodingObjective: What the decoder of pictures was trained for.
    public init(
        name: String, hashes: [(role: String, sha256: String)] = [],
        tokenizer: any VisualTokenizer, prior: (any TokenPredictor)? = nil,
        decodingObjective: DecodingObjective = .psnr
    ) {
        self.name = name
        self.hashes = hashes
        self.tokenizer = tokenizer
        self.prior = prior
        self.decodingObjective = decodingObjective
    }

    /// Loads a model folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - needsPrior: Whether to load the prior too.
    ///   - precision: The format in which the prior and the gradients through the decoder multiply:
    ///     what guides sampling. Pictures are encoded and decoded in f32.
    ///   - isGuidedByDraft: Whether gradients go through the draft decoder, which costs a tenth.
    ///   - objective: What the decoder of pictures was trained for; perceptual likeness where the model
    ///     has such a decoder unless given. Sampling is guided by the one for PSNR, or the draft.
    /// - Throws: ``CheckpointError`` if the weights are not those of the folder, or there is no prior
    ///   or no decoder of the kind that is needed.
    public init(
        _ folder: ModelFolder, needsPrior: Bool, precision: Precision = .float32,
        isGuidedByDraft: Bool = false, decodingFor objective: DecodingObjective? = nil
    ) throws(CheckpointError) {
        var hashes = [(role: "tokenizer", sha256: try folder.part(.tokenizer).file.sha256)]
        var options = TokenizerOptions()
        options.guidancePrecision = precision
        options.isGuidedByDraft = isGuidedByDraft
        // First, because it is quick to fail.
        let traits = try folder.tokenizerTraits()
        do { options.objective = try traits.objective(asked: objective) } catch {
            throw .model(path: folder.path, error)
        }
        let prior = needsPrior ? try folder.loadPrior(precision: precision) : nil
        if needsPrior {
            hashes.append((role: "prior", sha256: try folder.part(.prior).file.sha256))
        }
        self.init(
            name: folder.description.name, hashes: hashes,
            tokenizer: try folder.loadTokenizer(options), prior: prior,
            decodingObjective: options.objective ?? .psnr)
    }

    /// The parts that one posterior sampling needs.
    ///
    /// - Parameter cacheInterval: The prior looks at all positions at every so many steps.
    /// - Returns: The prior, with a cache of its own, the quantizer and the decoder.
    /// - Precondition: The model has a prior.
    public func tokenModel(cacheInterval: Int = 1) -> TokenModel {
        TokenModel(
            predictor: neededPrior.cached(interval: cacheInterval),
            codeSpace: tokenizer.codeSpace, decoder: tokenizer.guidanceDecoder)
    }

    /// The prior of a model that was loaded with one.
    var neededPrior: any TokenPredictor {
        guard let prior else {
            preconditionFailure("The model '\(name)' was loaded without the prior that a job needs")
        }
        return prior
    }
}
