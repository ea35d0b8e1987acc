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
        var x = first(latent)
        x = middle.2(middle.1(middle.0(x)))
        for level in levels { x = level(x) }
        return last(lastNorm(x, activation: .silu))
    }

    /// The pixels, and a function from the gradient by pixels to that by the latent.
    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        var pullbacks: [Pullback] = []
        func then(_ step: (Tensor<Float>, Pullback)) -> Tensor<Float> {
            pullbacks.append(step.1)
            return step.0
        }
        var x = first(latent)
        x = then(middle.0.forward(x))
        x = then(middle.1.forward(x))
        x = then(middle.2.forward(x))
        for level in levels { level.forward(&x, &pullbacks) }
        let (normal, trace) = lastNorm.forward(x, activation: .silu)
        let extent = x.shape
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

    func callAsFunction(_ input: Tensor<Float>) -> Tensor<Float> {
        var x = input
        for (index, block) in blocks.enumerated() {
            x = block(x)
            if index < attentions.count { x = attentions[index](x) }
        }
        return x
    }

    func forward(_ x: inout Tensor<Float>, _ pullbacks: inout [Pullback]) {
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

    func callAsFunction(_ input: Tensor<Float>) -> Tensor<Float> {
        let x = blocks(input)
        return up.map { $0(nearestUpsample(x)) } ?? x
    }

    func forward(_ x: inout Tensor<Float>, _ pullbacks: inout [Pullback]) {
        blocks.forward(&x, &pullbacks)
        guard let up else { return }
        let shape = x.shape
        x = up(nearestUpsample(x))
        pullbacks.append {
            nearestUpsamplePullback(
                up.pullback(of: $0, inputHeight: 2 * shape[1], inputWidth: 2 * shape[2]))
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

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        let hidden = secondNorm(first(firstNorm(x, activation: .silu)), activation: .silu)
        return second(hidden, residual: shortcut.map { $0(x) } ?? x)
    }

    func forward(_ x: Tensor<Float>) -> (Tensor<Float>, Pullback) {
        let (height, width) = (x.shape[1], x.shape[2])
        // A convolution's pullback needs no input, so what normalizations give need not be kept.
        let (opened, outer) = firstNorm.forward(x, activation: .silu)
        let (hidden, inner) = secondNorm.forward(first(opened), activation: .silu)
        let output = second(hidden, residual: shortcut.map { $0(x) } ?? x)
        return (
            output,
            { gradient in
                var g = second.pullback(of: gradient, inputHeight: height, inputWidth: width)
                g = first.pullback(
                    of: secondNorm.pullback(of: g, trace: inner), inputHeight: height,
                    inputWidth: width)
                g = firstNorm.pullback(of: g, trace: outer)
                let direct =
                    shortcut.map {
                        $0.pullback(of: gradient, inputHeight: height, inputWidth: width)
                    } ?? gradient
                return sum(g, direct)
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

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        output(attended(queryKeyValue(norm(x)), x.shape), residual: x)
    }

    private func attended(_ qkv: Tensor<Float>, _ shape: [Int]) -> Tensor<Float> {
        let length = shape[1] * shape[2]
        return attention(
            queryKeyValue: qkv.reshaped(to: [length, 3 * width]), batch: 1, length: length,
            headCount: 1
        ).reshaped(to: shape)
    }

    func forward(_ x: Tensor<Float>) -> (Tensor<Float>, Pullback) {
        let (height, width) = (x.shape[1], x.shape[2])
        let (normal, trace) = norm.forward(x)
        let qkv = queryKeyValue(normal)
        let result = output(attended(qkv, x.shape), residual: x)
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
                return sum(norm.pullback(of: g, trace: trace), gradient)
            }
        )
    }
}

/// The gradient of one head's attention by queries, keys and values, from products alone.
private func attentionPullback(
    _ gradient: Tensor<Float>, _ queryKeyValue: Tensor<Float>
) -> Tensor<Float> {
    let (length, width) = (gradient.shape[0], gradient.shape[1])
    func part(_ index: Int) -> Tensor<Float> {
        queryKeyValue.withUnsafeBuffer { all in
            Tensor(shape: [length, width]) { rows in
                for i in rows.indices {
                    rows.initializeElement(
                        at: i, to: all[(i / width * 3 + index) * width + i % width])
                }
            }
        }
    }
    let (queries, keys, values) = (part(0), part(1), part(2))
    let scale = 1 / Float(width).squareRoot()
    let weights = softmax(scaled(product(queries, PackedMatrix(keys)), by: scale))
    let byValues = product(transposed(weights), PackedMatrix(transposed(gradient)))
    let byWeights = product(gradient, PackedMatrix(values))
    let byScores = scaled(softmaxPullback(byWeights, output: weights), by: scale)
    let byQueries = product(byScores, PackedMatrix(transposed(keys)))
    let byKeys = product(transposed(byScores), PackedMatrix(transposed(queries)))
    let parts = [byQueries, byKeys, byValues].map(\.elements)
    return Tensor(shape: [length, 3 * width]) { all in
        for i in all.indices {
            let (row, column) = (i / (3 * width), i % (3 * width))
            all.initializeElement(
                at: i, to: parts[column / width][row * width + column % width])
        }
    }
}

func normalization(
    named name: String, in file: TamingWeights, width: Int
) throws(CheckpointError) -> GroupNormalization {
    GroupNormalization(
        groupCount: 32, gain: try file.tensor("\(name).weight", shape: [width]),
        bias: try file.tensor("\(name).bias", shape: [width]))
}

private func sum(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Tensor<Float> {
    a.withUnsafeBuffer { a in
        b.withUnsafeBuffer { b in
            Tensor(shape: [a.count]) { sum in
                for i in a.indices { sum.initializeElement(at: i, to: a[i] + b[i]) }
            }
        }
    }.reshaped(to: a.shape)
}

private func scaled(_ x: Tensor<Float>, by scale: Float) -> Tensor<Float> {
    Tensor(shape: x.shape, elements: x.elements.map { $0 * scale })
}

private func transposed(_ x: Tensor<Float>) -> Tensor<Float> {
    let (rows, columns) = (x.shape[0], x.shape[1])
    let elements = x.elements
    return Tensor(shape: [columns, rows]) { result in
        for i in result.indices {
            result.initializeElement(at: i, to: elements[i % rows * columns + i / rows])
        }
    }
}
