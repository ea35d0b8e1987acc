import TesseraCheckpoint
import TesseraLayers
import TesseraTensor

/// The decoder of a VQGAN that other programs are measured with.
///
/// Esser et al., Taming Transformers for High-Resolution Image Synthesis, CVPR 2021, with f = 16:
/// 253 GFLOP a picture of 256 x 256. Its twin is `taming.py`, which also writes its random weights.
struct TamingDecoder {
    static let widths = [512, 256, 256, 128, 128]  // Coarsest first.

    let first: TamingConvolution
    let middle: (TamingBlock, TamingAttention, TamingBlock)
    let levels: [TamingLevel]
    let lastNorm: GroupNormalization
    let last: TamingConvolution

    init(from file: TamingWeights) throws(CheckpointError) {
        first = try TamingConvolution(named: "conv_in", in: file, inputs: 256, outputs: 512)
        middle = (
            try TamingBlock(named: "mid.0", in: file, inputs: 512, outputs: 512),
            try TamingAttention(named: "mid.1", in: file, width: 512),
            try TamingBlock(named: "mid.2", in: file, inputs: 512, outputs: 512)
        )
        var levels: [TamingLevel] = []
        var inputs = 512
        for (index, width) in TamingDecoder.widths.enumerated() {
            levels.append(
                try TamingLevel(
                    named: "levels.\(index)", in: file, inputs: inputs, outputs: width,
                    hasAttention: index == 0, isLast: index + 1 == TamingDecoder.widths.count))
            inputs = width
        }
        self.levels = levels
        lastNorm = try normalization(named: "norm_out", in: file, width: 128)
        last = try TamingConvolution(named: "conv_out", in: file, inputs: 128, outputs: 3)
    }

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        var x = first.features(latent)
        x = middle.2(middle.1(middle.0(x)))
        for level in levels { x = level(x) }
        lastNorm.normalize(&x.values, sums: x.sums, activation: .silu)
        return last(x.values)
    }

    /// The pixels, and a function from the gradient by pixels to that by the latent.
    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        var pullbacks: [Pullback] = []
        func then(_ step: (TamingFeatures, Pullback)) -> TamingFeatures {
            pullbacks.append(step.1)
            return step.0
        }
        var x = first.features(latent)
        x = then(middle.0.forward(x))
        x = then(middle.1.forward(x))
        x = then(middle.2.forward(x))
        for level in levels { level.forward(&x, &pullbacks) }
        let (normal, trace) = lastNorm.forward(x.values, sums: x.sums, activation: .silu)
        let extent = x.values.shape
        let steps = pullbacks
        return (
            last(normal),
            { gradient in
                var g = last.pullback(
                    of: gradient, inputHeight: extent[1], inputWidth: extent[2])
                g = lastNorm.pullback(of: g, trace: trace)
                for step in steps.reversed() { g = step(g) }
                return first.pullback(
                    of: g, inputHeight: latent.shape[1], inputWidth: latent.shape[2])
            }
        )
    }
}

typealias Pullback = (Tensor<Float>) -> Tensor<Float>

/// Residual blocks, each with attention behind it at the coarsest level.
struct TamingBlocks {
    let blocks: [TamingBlock]
    let attentions: [TamingAttention]

    init(
        count: Int, named name: String, in file: TamingWeights, inputs: Int, outputs: Int,
        haveAttention: Bool
    ) throws(CheckpointError) {
        var blocks: [TamingBlock] = []
        var attentions: [TamingAttention] = []
        for index in 0 ..< count {
            blocks.append(
                try TamingBlock(
                    named: "\(name).blocks.\(index)", in: file,
                    inputs: index == 0 ? inputs : outputs, outputs: outputs))
            if haveAttention {
                attentions.append(
                    try TamingAttention(
                        named: "\(name).attentions.\(index)", in: file, width: outputs))
            }
        }
        self.blocks = blocks
        self.attentions = attentions
    }

    func callAsFunction(_ input: TamingFeatures) -> TamingFeatures {
        var x = input
        for (index, block) in blocks.enumerated() {
            x = block(x)
            if index < attentions.count { x = attentions[index](x) }
        }
        return x
    }

    func forward(_ x: inout TamingFeatures, _ pullbacks: inout [Pullback]) {
        for (index, block) in blocks.enumerated() {
            let step = block.forward(x)
            x = step.0
            pullbacks.append(step.1)
            guard index < attentions.count else { continue }
            let attended = attentions[index].forward(x)
            x = attended.0
            pullbacks.append(attended.1)
        }
    }
}

/// Three blocks and an upsampling.
struct TamingLevel {
    let blocks: TamingBlocks
    let up: TamingConvolution?

    init(
        named name: String, in file: TamingWeights, inputs: Int, outputs: Int,
        hasAttention: Bool, isLast: Bool
    ) throws(CheckpointError) {
        blocks = try TamingBlocks(
            count: 3, named: name, in: file, inputs: inputs, outputs: outputs,
            haveAttention: hasAttention)
        up =
            isLast
            ? nil
            : try TamingConvolution(
                named: "\(name).up", in: file, inputs: outputs, outputs: outputs)
    }

    func callAsFunction(_ input: TamingFeatures) -> TamingFeatures {
        let x = blocks(input)
        return up.map { $0.features(x.values, rearrangement: .upsampledBefore) } ?? x
    }

    func forward(_ x: inout TamingFeatures, _ pullbacks: inout [Pullback]) {
        blocks.forward(&x, &pullbacks)
        guard let up else { return }
        let shape = x.values.shape
        x = up.features(x.values, rearrangement: .upsampledBefore)
        pullbacks.append {
            up.pullback(
                of: $0, inputHeight: shape[1], inputWidth: shape[2],
                rearrangement: .upsampledBefore)
        }
    }
}

/// shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x)))))).
struct TamingBlock {
    let firstNorm: GroupNormalization
    let first: TamingConvolution
    let secondNorm: GroupNormalization
    let second: TamingConvolution
    let shortcut: TamingConvolution?

    init(
        named name: String, in file: TamingWeights, inputs: Int, outputs: Int
    ) throws(CheckpointError) {
        firstNorm = try normalization(named: "\(name).norm1", in: file, width: inputs)
        first = try TamingConvolution(
            named: "\(name).conv1", in: file, inputs: inputs, outputs: outputs)
        secondNorm = try normalization(named: "\(name).norm2", in: file, width: outputs)
        second = try TamingConvolution(
            named: "\(name).conv2", in: file, inputs: outputs, outputs: outputs)
        shortcut =
            inputs == outputs
            ? nil
            : try TamingConvolution(
                named: "\(name).shortcut", in: file, inputs: inputs, outputs: outputs, side: 1)
    }

    func callAsFunction(_ x: TamingFeatures) -> TamingFeatures {
        var hidden = first.features(firstNorm(x.values, sums: x.sums, activation: .silu))
        secondNorm.normalize(&hidden.values, sums: hidden.sums, activation: .silu)
        return second.features(hidden.values, residual: shortcut.map { $0(x.values) } ?? x.values)
    }

    func forward(_ x: TamingFeatures) -> (TamingFeatures, Pullback) {
        let (height, width) = (x.values.shape[1], x.values.shape[2])
        // A convolution's pullback needs no input, so what normalizations give need not be kept.
        let (normal, outer) = firstNorm.forward(x.values, sums: x.sums, activation: .silu)
        let opened = first.features(normal)
        let (hidden, inner) = secondNorm.forward(
            opened.values, sums: opened.sums, activation: .silu)
        let output = second.features(
            hidden, residual: shortcut.map { $0(x.values) } ?? x.values)
        return (
            output,
            { gradient in
                var g = second.pullback(of: gradient, inputHeight: height, inputWidth: width)
                g = first.pullback(
                    of: secondNorm.pullback(of: g, trace: inner), inputHeight: height,
                    inputWidth: width)
                guard let shortcut else {
                    return firstNorm.pullback(of: g, trace: outer, residual: gradient)
                }
                return shortcut.pullback(
                    of: gradient, inputHeight: height, inputWidth: width,
                    residual: firstNorm.pullback(of: g, trace: outer))
            }
        )
    }
}

/// x + output(attention(qkv(norm(x)))), one head over all positions.
struct TamingAttention {
    let norm: GroupNormalization
    let queryKeyValue: TamingConvolution
    let output: TamingConvolution
    let width: Int

    init(named name: String, in file: TamingWeights, width: Int) throws(CheckpointError) {
        norm = try normalization(named: "\(name).norm", in: file, width: width)
        queryKeyValue = try TamingConvolution(
            named: "\(name).qkv", in: file, inputs: width, outputs: 3 * width, side: 1)
        output = try TamingConvolution(
            named: "\(name).output", in: file, inputs: width, outputs: width, side: 1)
        self.width = width
    }

    func callAsFunction(_ x: TamingFeatures) -> TamingFeatures {
        let normal = norm(x.values, sums: x.sums)
        return output.features(
            attended(queryKeyValue(normal), x.values.shape), residual: x.values)
    }

    private func attended(_ qkv: Tensor<Float>, _ shape: [Int]) -> Tensor<Float> {
        let length = shape[1] * shape[2]
        return attention(
            queryKeyValue: qkv.reshaped(to: [length, 3 * width]), batch: 1, length: length,
            headCount: 1
        ).reshaped(to: shape)
    }

    func forward(_ x: TamingFeatures) -> (TamingFeatures, Pullback) {
        let (height, width) = (x.values.shape[1], x.values.shape[2])
        let (normal, trace) = norm.forward(x.values, sums: x.sums)
        let qkv = queryKeyValue(normal)
        let result = output.features(attended(qkv, x.values.shape), residual: x.values)
        return (
            result,
            { gradient in
                let inner = output.pullback(
                    of: gradient, inputHeight: height, inputWidth: width)
                let slope = attentionPullback(
                    inner.reshaped(to: [height * width, self.width]),
                    qkv.reshaped(to: [height * width, 3 * self.width]))
                let g = queryKeyValue.pullback(
                    of: slope.reshaped(to: [1, height, width, 3 * self.width]),
                    inputHeight: height, inputWidth: width)
                return norm.pullback(of: g, trace: trace, residual: gradient)
            }
        )
    }
}

func normalization(
    named name: String, in file: TamingWeights, width: Int
) throws(CheckpointError) -> GroupNormalization {
    GroupNormalization(
        groupCount: 32, gain: try file.tensor("\(name).weight", shape: [width]),
        bias: try file.tensor("\(name).bias", shape: [width]))
}
