public import TesseraCheckpoint
import TesseraLayers
public import TesseraPacking
public import TesseraTensor

/// The network that turns pixels into the latent of a VQGAN, up to the quantizer.
///
/// Levels of residual blocks with a convolution of stride 2 between them, attention at some, and a
/// linear map to the channels of a code. Normalizations see all of a picture.
public struct TamingEncoder: Sendable {
    private let first: Convolution
    private let layers: [any TamingLayer]
    private let norm: GroupNormalization
    private let last: Convolution
    private let toLatent: Convolution

    /// Reads the weights `encoder.…` and `quant_conv.…`.
    ///
    /// - Parameters:
    ///   - weights: The file that holds them, with the names and shapes of the authors' code.
    ///   - settings: The sizes of the network.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(from weights: Weights, settings: TamingSettings) throws(CheckpointError) {
        let widths = settings.widths
        first = try Convolution(
            channelsFirst: ["encoder.conv_in"], in: weights, inputs: 3, outputs: settings.channels)
        var layers: [any TamingLayer] = []
        var inputs = settings.channels
        for (level, width) in widths.enumerated() {
            let name = "encoder.down.\(level)"
            for block in 0 ..< settings.blocks {
                layers.append(
                    try TamingBlock(
                        named: "\(name).block.\(block)", in: weights, inputs: inputs,
                        outputs: width))
                inputs = width
                if settings.hasAttention(level) {
                    layers.append(
                        try TamingAttention(
                            named: "\(name).attn.\(block)", in: weights, width: width))
                }
            }
            if level + 1 < widths.count {
                layers.append(
                    try TamingDownsampling(
                        named: "\(name).downsample", in: weights, width: width))
            }
        }
        layers += try TamingEncoder.middle("encoder", in: weights, width: inputs)
        self.layers = layers
        norm = try GroupNormalization(named: "encoder.norm_out", in: weights, channels: inputs)
        last = try Convolution(
            channelsFirst: ["encoder.conv_out"], in: weights, inputs: inputs,
            outputs: settings.innerChannels)
        toLatent = try Convolution(
            channelsFirst: ["quant_conv"], in: weights, inputs: settings.innerChannels,
            outputs: settings.latentChannels, side: 1)
    }

    /// Two blocks around attention, which both networks have at the coarsest level.
    static func middle(
        _ network: String, in weights: Weights, width: Int
    ) throws(CheckpointError) -> [any TamingDecoderLayer] {
        [
            try TamingBlock(
                named: "\(network).mid.block_1", in: weights, inputs: width, outputs: width),
            try TamingAttention(named: "\(network).mid.attn_1", in: weights, width: width),
            try TamingBlock(
                named: "\(network).mid.block_2", in: weights, inputs: width, outputs: width),
        ]
    }

    /// Encodes a picture.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[1, H, W, 3]`, values in [-1, 1], H and W multiples of the position's side.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[1, h, w, latentChannels]`.
    public func encode(
        _ pixels: Tensor<Float>, precision: Precision = .float32
    ) -> Tensor<Float> {
        var x = TamingFeatures(first.withSums(pixels, precision: precision))
        for layer in layers { x = layer(x, precision: precision) }
        norm.normalize(&x.values, sums: x.sums, activation: .silu)
        return toLatent(last(x.values, precision: precision), precision: precision)
    }
}
