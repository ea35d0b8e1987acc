import TesseraCheckpoint
import TesseraLayers
import TesseraPacking
import TesseraTensor
import TesseraTokens

/// What a convolution gives to the normalization that follows it: values, and the sums of channels.
struct TamingFeatures {
    var values: Tensor<Float>
    let sums: ChannelSums?

    init(_ result: (output: Tensor<Float>, sums: ChannelSums?)) {
        (values, sums) = result
    }
}

/// A gradient by a layer's input from that by its output.
typealias TamingPullback = (Tensor<Float>) -> Tensor<Float>

/// A layer of a VQGAN.
protocol TamingLayer: Sendable {
    func callAsFunction(_ x: TamingFeatures, precision: Precision) -> TamingFeatures
}

/// A layer through which gradients pass.
protocol TamingDecoderLayer: TamingLayer {
    func forward(
        _ x: TamingFeatures, precision: Precision
    ) -> (output: TamingFeatures, pullback: TamingPullback)
}

/// shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x)))))).
struct TamingBlock: TamingDecoderLayer {
    private let firstNorm: GroupNormalization
    private let first: Convolution
    private let secondNorm: GroupNormalization
    private let second: Convolution
    private let shortcut: Convolution?

    init(
        named name: String, in weights: Weights, inputs: Int, outputs: Int
    ) throws(CheckpointError) {
        firstNorm = try GroupNormalization(named: "\(name).norm1", in: weights, channels: inputs)
        first = try Convolution(
            channelsFirst: ["\(name).conv1"], in: weights, inputs: inputs, outputs: outputs)
        secondNorm = try GroupNormalization(named: "\(name).norm2", in: weights, channels: outputs)
        second = try Convolution(
            channelsFirst: ["\(name).conv2"], in: weights, inputs: outputs, outputs: outputs)
        shortcut =
            inputs == outputs
            ? nil
            : try Convolution(
                channelsFirst: ["\(name).nin_shortcut"], in: weights, inputs: inputs,
                outputs: outputs, side: 1)
    }

    func callAsFunction(_ x: TamingFeatures, precision: Precision) -> TamingFeatures {
        var hidden = TamingFeatures(
            first.withSums(
                firstNorm(x.values, sums: x.sums, activation: .silu), precision: precision))
        secondNorm.normalize(&hidden.values, sums: hidden.sums, activation: .silu)
        return TamingFeatures(
            second.withSums(
                hidden.values, residual: carried(x.values, precision), precision: precision))
    }

    func forward(
        _ x: TamingFeatures, precision: Precision
    ) -> (output: TamingFeatures, pullback: TamingPullback) {
        let (height, width) = (x.values.shape[1], x.values.shape[2])
        // A convolution's pullback needs no input, so what normalizations give need not be kept.
        let (normal, outer) = firstNorm.forward(x.values, sums: x.sums, activation: .silu)
        let opened = first.withSums(normal, precision: precision)
        let (hidden, inner) = secondNorm.forward(
            opened.output, sums: opened.sums, activation: .silu)
        let output = second.withSums(
            hidden, residual: carried(x.values, precision), precision: precision)
        return (
            TamingFeatures(output),
            { gradient in
                var g = second.pullback(
                    of: gradient, inputHeight: height, inputWidth: width, precision: precision)
                g = first.pullback(
                    of: secondNorm.pullback(of: g, trace: inner), inputHeight: height,
                    inputWidth: width, precision: precision)
                guard let shortcut else {
                    return firstNorm.pullback(of: g, trace: outer, residual: gradient)
                }
                return shortcut.pullback(
                    of: gradient, inputHeight: height, inputWidth: width,
                    residual: firstNorm.pullback(of: g, trace: outer), precision: precision)
            }
        )
    }

    private func carried(_ x: Tensor<Float>, _ precision: Precision) -> Tensor<Float> {
        shortcut.map { $0(x, precision: precision) } ?? x
    }
}

/// x + proj_out(attention(q, k, v of norm(x))), one head over all positions of one picture.
struct TamingAttention: TamingDecoderLayer {
    private let norm: GroupNormalization
    private let queryKeyValue: Convolution
    private let output: Convolution
    private let width: Int

    init(named name: String, in weights: Weights, width: Int) throws(CheckpointError) {
        norm = try GroupNormalization(named: "\(name).norm", in: weights, channels: width)
        queryKeyValue = try Convolution(
            channelsFirst: ["\(name).q", "\(name).k", "\(name).v"], in: weights, inputs: width,
            outputs: width, side: 1)
        output = try Convolution(
            channelsFirst: ["\(name).proj_out"], in: weights, inputs: width, outputs: width,
            side: 1)
        self.width = width
    }

    func callAsFunction(_ x: TamingFeatures, precision: Precision) -> TamingFeatures {
        let qkv = queryKeyValue(norm(x.values, sums: x.sums), precision: precision)
        return TamingFeatures(
            output.withSums(
                attended(qkv, x.values.shape), residual: x.values, precision: precision))
    }

    func forward(
        _ x: TamingFeatures, precision: Precision
    ) -> (output: TamingFeatures, pullback: TamingPullback) {
        let shape = x.values.shape
        let length = shape[1] * shape[2]
        let (normal, trace) = norm.forward(x.values, sums: x.sums)
        let qkv = queryKeyValue(normal, precision: precision)
        let result = output.withSums(
            attended(qkv, shape), residual: x.values, precision: precision)
        return (
            TamingFeatures(result),
            { gradient in
                let inner = output.pullback(
                    of: gradient, inputHeight: shape[1], inputWidth: shape[2],
                    precision: precision)
                let slope = singleHeadAttentionPullback(
                    inner.reshaped(to: [length, width]), qkv.reshaped(to: [length, 3 * width]))
                let g = queryKeyValue.pullback(
                    of: slope.reshaped(to: [1, shape[1], shape[2], 3 * width]),
                    inputHeight: shape[1], inputWidth: shape[2], precision: precision)
                return norm.pullback(of: g, trace: trace, residual: gradient)
            }
        )
    }

    private func attended(_ qkv: Tensor<Float>, _ shape: [Int]) -> Tensor<Float> {
        let length = shape[1] * shape[2]
        return attention(
            queryKeyValue: qkv.reshaped(to: [length, 3 * width]), batch: 1, length: length,
            headCount: 1
        ).reshaped(to: shape)
    }
}

/// A doubling of both sides by repetition, and a convolution.
struct TamingUpsampling: TamingDecoderLayer {
    private let convolution: Convolution

    init(named name: String, in weights: Weights, width: Int) throws(CheckpointError) {
        convolution = try Convolution(
            channelsFirst: ["\(name).conv"], in: weights, inputs: width, outputs: width)
    }

    func callAsFunction(_ x: TamingFeatures, precision: Precision) -> TamingFeatures {
        TamingFeatures(
            convolution.withSums(
                x.values, rearrangement: .upsampledBefore, precision: precision))
    }

    func forward(
        _ x: TamingFeatures, precision: Precision
    ) -> (output: TamingFeatures, pullback: TamingPullback) {
        let (height, width) = (x.values.shape[1], x.values.shape[2])
        return (
            self(x, precision: precision),
            {
                convolution.pullback(
                    of: $0, inputHeight: height, inputWidth: width,
                    rearrangement: .upsampledBefore, precision: precision)
            }
        )
    }
}

/// A convolution of stride 2 that looks one row below and one column to the right, not above and left.
struct TamingDownsampling: TamingLayer {
    private let convolution: Convolution

    init(named name: String, in weights: Weights, width: Int) throws(CheckpointError) {
        convolution = try Convolution(
            channelsFirst: ["\(name).conv"], in: weights, inputs: width, outputs: width, stride: 2)
    }

    /// Ours looks at both sides alike: with a row and a column of zeros in front, the results from the
    /// second on are those of a kernel that begins at each even place.
    func callAsFunction(_ x: TamingFeatures, precision: Precision) -> TamingFeatures {
        let (height, width, channels) = (
            x.values.shape[1], x.values.shape[2], x.values.shape[3]
        )
        var padded = Tensor<Float>(
            shape: [1, height + 2, width + 2, channels], repeating: 0)
        padded.replacePixels(
            in: PixelRectangle(top: 1, left: 1, height: height, width: width), with: x.values)
        let halved = convolution(padded, precision: precision).pixels(
            in: PixelRectangle(top: 1, left: 1, height: height / 2, width: width / 2))
        return TamingFeatures((halved, nil))
    }
}
