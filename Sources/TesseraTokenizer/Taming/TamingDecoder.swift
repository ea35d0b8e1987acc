public import TesseraCheckpoint
import TesseraLayers
public import TesseraPacking
public import TesseraTensor
public import TesseraTokens

/// The network that turns the latent of a VQGAN into pixels.
///
/// The mirror of ``TamingEncoder``, with one block more a level: P. Esser et al., "Taming Transformers
/// for High-Resolution Image Synthesis", CVPR 2021. With f = 16 a picture of 256 × 256 takes 253 GFLOP.
public struct TamingDecoder: LatentDecoder {
    /// The side of the square of pixels that one position stands for.
    public let pixelsPerToken: Int

    /// The format in which ``decodeWithPullback(_:)`` multiplies, forth and back.
    public let guidancePrecision: Precision

    private let fromLatent: Convolution
    private let first: Convolution
    private let layers: [any TamingDecoderLayer]
    private let norm: GroupNormalization
    private let last: Convolution

    /// Reads the weights `post_quant_conv.…` and `decoder.…`.
    ///
    /// - Parameters:
    ///   - weights: The file that holds them, with the names and shapes of the authors' code.
    ///   - settings: The sizes of the network.
    ///   - guidancePrecision: The format in which gradients are computed.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        from weights: Weights, settings: TamingSettings, guidancePrecision: Precision = .float32
    ) throws(CheckpointError) {
        let widths = settings.widths
        pixelsPerToken = settings.pixelsPerToken
        self.guidancePrecision = guidancePrecision
        fromLatent = try Convolution(
            channelsFirst: ["post_quant_conv"], in: weights, inputs: settings.latentChannels,
            outputs: settings.innerChannels, side: 1)
        var inputs = widths[widths.count - 1]
        first = try Convolution(
            channelsFirst: ["decoder.conv_in"], in: weights, inputs: settings.innerChannels,
            outputs: inputs)
        var layers = try settings.middle(of: "decoder", in: weights)
        for (level, width) in widths.enumerated().reversed() {
            let name = "decoder.up.\(level)"
            layers += try settings.layers(
                ofLevel: level, named: name, in: weights, inputs: inputs,
                blocks: settings.blocks + 1)
            inputs = width
            if level > 0 {
                layers.append(
                    try TamingUpsampling(named: "\(name).upsample", in: weights, width: width))
            }
        }
        self.layers = layers
        norm = try GroupNormalization(named: "decoder.norm_out", in: weights, channels: inputs)
        last = try Convolution(
            channelsFirst: ["decoder.conv_out"], in: weights, inputs: inputs, outputs: 3)
    }

    /// Decodes a latent into pixels.
    ///
    /// - Parameter latent: Shape `[1, h, w, C]`.
    /// - Returns: Shape `[1, h * pixelsPerToken, w * pixelsPerToken, 3]`, values near [-1, 1].
    public func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        decode(latent, precision: .float32)
    }

    /// Decodes a latent into pixels in a format of one's choice.
    ///
    /// - Parameters:
    ///   - latent: Shape `[1, h, w, C]`.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[1, h * pixelsPerToken, w * pixelsPerToken, 3]`, values near [-1, 1].
    public func decode(_ latent: Tensor<Float>, precision: Precision) -> Tensor<Float> {
        var x = opened(latent, precision)
        for layer in layers { x = layer(x, precision: precision) }
        norm.normalize(&x.values, sums: x.sums, activation: .silu)
        return last(x.values, precision: precision)
    }

    /// Decodes a latent and keeps what the gradient needs.
    ///
    /// - Parameter latent: Shape `[1, h, w, C]`.
    /// - Returns: The pixels, and a function from the gradient of a loss by the pixels to that by the
    ///   latent.
    public func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        let precision = guidancePrecision
        var pullbacks: [TamingPullback] = []
        var x = opened(latent, precision)
        for layer in layers {
            let step = layer.forward(x, precision: precision)
            x = step.output
            pullbacks.append(step.pullback)
        }
        let (normal, trace) = norm.forward(x.values, sums: x.sums, activation: .silu)
        let size = x.values.shape
        return (
            last(normal, precision: precision),
            { [pullbacks] gradient in
                var g = last.pullback(
                    of: gradient, inputHeight: size[1], inputWidth: size[2],
                    precision: precision)
                g = norm.pullback(of: g, trace: trace)
                for pullback in pullbacks.reversed() { g = pullback(g) }
                for convolution in [first, fromLatent] {
                    g = convolution.pullback(
                        of: g, inputHeight: latent.shape[1], inputWidth: latent.shape[2],
                        precision: precision)
                }
                return g
            }
        )
    }

    private func opened(_ latent: Tensor<Float>, _ precision: Precision) -> TamingFeatures {
        TamingFeatures(
            first.withSums(fromLatent(latent, precision: precision), precision: precision))
    }
}
