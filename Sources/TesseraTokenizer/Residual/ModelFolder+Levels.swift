import TesseraJSON
public import TesseraCheckpoint
import TesseraPacking
public import TesseraTensor

extension ModelFolder {
    /// The settings of a dimension-wise tokenizer of residual blocks, whose levels can be fitted.
    ///
    /// - Returns: The settings, with the number of levels of each channel.
    /// - Throws: ``CheckpointError/model(path:_:)`` for a tokenizer of another kind.
    public func fittableSettings() throws(CheckpointError) -> (ResidualSettings, levelCount: Int) {
        let part = try part(.tokenizer)
        guard part.kind == ResidualFamily.kind else {
            throw .model(
                path: path,
                .kind(role: .tokenizer, found: part.kind, known: [ResidualFamily.kind]))
        }
        let settings: ResidualSettings
        do { settings = try ResidualFamily.settings(of: part, as: .tokenizer) } catch {
            throw .model(path: path, error)
        }
        guard let levelCount = settings.levelsPerChannel else {
            throw .model(
                path: path,
                .value(
                    .word(
                        key: "tokenizer.quantizer", found: settings.quantizer.rawValue,
                        expected: [ResidualSettings.Quantizer.dimension.rawValue])))
        }
        return (settings, levelCount)
    }

    /// Puts levels into a dimension-wise tokenizer, in place of those that it has.
    ///
    /// The folder is a whole model at every moment, so that nothing is lost if the process is killed.
    ///
    /// - Parameter levels: The value that each level stands for. Shape
    ///   `[latentChannels, levelsPerChannel]`, rising in each row.
    /// - Returns: The folder as it is now.
    /// - Throws: ``CheckpointError`` if the weights cannot be read or written.
    public func save(levels: Tensor<Float>) throws(CheckpointError) -> ModelFolder {
        let (settings, levelCount) = try fittableSettings()
        let shape = [settings.latentChannels, levelCount]
        precondition(
            levels.shape == shape, "Levels of shape \(levels.shape) do not fit shape \(shape)")
        let old = try weights(of: .tokenizer)
        var writer = SafetensorsWriter(metadata: old.metadata)
        for name in old.names where name != ConvolutionalTokenizer.levelsName {
            try writer.copy(name, from: old)
        }
        writer.add(levels, named: ConvolutionalTokenizer.levelsName)
        return try replaceWeights(of: .tokenizer, with: writer)
    }
}
