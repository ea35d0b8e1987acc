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
            layers += try settings.layers(
                ofLevel: level, named: name, in: weights, inputs: inputs, blocks: settings.blocks)
            inputs = width
            if level + 1 < widths.count {
                layers.append(
                    try TamingDownsampling(
                        named: "\(name).downsample", in: weights, width: width))
            }
        }
        layers += try settings.middle(of: "encoder", in: weights)
        self.layers = layers
        norm = try GroupNormalization(named: "encoder.norm_out", in: weights, channels: inputs)
        last = try Convolution(
            channelsFirst: ["encoder.conv_out"], in: weights, inputs: inputs,
            outputs: settings.innerChannels)
        toLatent = try Convolution(
            channelsFirst: ["quant_conv"], in: weights, inputs: settings.innerChannels,
            outputs: settings.latentChannels, side: 1)
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
