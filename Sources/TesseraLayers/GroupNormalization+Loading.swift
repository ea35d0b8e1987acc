public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

extension GroupNormalization {
    /// Reads the weights `NAME.weight` and `NAME.bias`.
    ///
    /// - Parameters:
    ///   - name: The name that the two tensors begin with.
    ///   - weights: The file that holds them.
    ///   - channels: The number of channels.
    ///   - groupCount: The number of groups, which divides the number of channels.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named name: String, in weights: Weights, channels: Int, groupCount: Int = 32
    ) throws(CheckpointError) {
        self.init(
            groupCount: groupCount, gain: try weights.tensor("\(name).weight", shape: [channels]),
            bias: try weights.tensor("\(name).bias", shape: [channels]))
    }
}
