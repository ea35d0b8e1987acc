import TesseraCheckpoint
import TesseraPacking

/// The layers that encoder and decoder make alike.
extension TamingSettings {
    /// The blocks of a level, each with attention behind it if the level has any.
    ///
    /// - Parameters:
    ///   - level: The level; 0 is the finest.
    ///   - name: What the names of its weights begin with.
    ///   - weights: The file that holds them.
    ///   - inputs: The channels that come in.
    ///   - blocks: The number of blocks.
    /// - Returns: The layers in the order in which they run.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    func layers(
        ofLevel level: Int, named name: String, in weights: Weights, inputs: Int, blocks: Int
    ) throws(CheckpointError) -> [any TamingDecoderLayer] {
        let width = widths[level]
        var layers: [any TamingDecoderLayer] = []
        for block in 0 ..< blocks {
            layers.append(
                try TamingBlock(
                    named: "\(name).block.\(block)", in: weights,
                    inputs: block == 0 ? inputs : width, outputs: width))
            if hasAttention(level) {
                layers.append(
                    try TamingAttention(
                        named: "\(name).attn.\(block)", in: weights, width: width))
            }
        }
        return layers
    }

    /// Two blocks around attention, which both networks have at the coarsest level.
    ///
    /// - Parameters:
    ///   - network: What the names of the weights begin with.
    ///   - weights: The file that holds them.
    /// - Returns: The layers in the order in which they run.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    func middle(
        of network: String, in weights: Weights
    ) throws(CheckpointError) -> [any TamingDecoderLayer] {
        let width = widths[widths.count - 1]
        return [
            try TamingBlock(
                named: "\(network).mid.block_1", in: weights, inputs: width, outputs: width),
            try TamingAttention(named: "\(network).mid.attn_1", in: weights, width: width),
            try TamingBlock(
                named: "\(network).mid.block_2", in: weights, inputs: width, outputs: width),
        ]
    }
}
