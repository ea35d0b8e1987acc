public import TesseraCheckpoint
public import TesseraTensor

extension MaskedTransformer {
    /// Loads the prior of a model folder.
    ///
    /// - Parameters:
    ///   - folder: A model folder with a prior.
    ///   - precision: The format in which the layers multiply.
    /// - Throws: ``CheckpointError`` if there is no prior, its weights are not those of the folder,
    ///   or do not fit its description.
    public init(
        from folder: ModelFolder, precision: Precision = .float32
    ) throws(CheckpointError) {
        let file = try folder.priorWeights()
        guard let prior = folder.description.prior else {
            throw .model(path: folder.path, .noPrior)
        }
        try self.init(
            from: file,
            architecture: MaskedTransformerArchitecture(
                vocabulary: folder.description.tokenizer.vocabulary, layerCount: prior.layers,
                width: prior.width, headCount: prior.heads, window: prior.window,
                labels: prior.labels),
            precision: precision)
    }
}
