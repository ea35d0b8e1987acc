import TesseraCheckpoint
import TesseraLayers
import TesseraTensor

/// The encoder of a VQGAN that other programs are measured with, the mirror of ``TamingDecoder``.
struct TamingEncoder {
    static let widths = Array(TamingDecoder.widths.reversed())  // Finest first.

    let first: TamingConvolution
    let levels: [TamingDownLevel]
    let middle: (TamingBlock, TamingAttention, TamingBlock)
    let lastNorm: GroupNormalization
    let last: TamingConvolution

    init(from file: TamingWeights) throws(CheckpointError) {
        var inputs = TamingEncoder.widths[0]
        first = try TamingConvolution(named: "conv_in", in: file, inputs: 3, outputs: inputs)
        var levels: [TamingDownLevel] = []
        for (index, width) in TamingEncoder.widths.enumerated() {
            levels.append(
                try TamingDownLevel(
                    named: "levels.\(index)", in: file, inputs: inputs, outputs: width,
                    isLast: index + 1 == TamingEncoder.widths.count))
            inputs = width
        }
        self.levels = levels
        middle = (
            try TamingBlock(named: "mid.0", in: file, inputs: inputs, outputs: inputs),
            try TamingAttention(named: "mid.1", in: file, width: inputs),
            try TamingBlock(named: "mid.2", in: file, inputs: inputs, outputs: inputs)
        )
        lastNorm = try normalization(named: "norm_out", in: file, width: inputs)
        last = try TamingConvolution(named: "conv_out", in: file, inputs: inputs, outputs: 256)
    }

    func encode(_ pixels: Tensor<Float>) -> Tensor<Float> {
        var x = first.features(pixels)
        for level in levels { x = level(x) }
        x = middle.2(middle.1(middle.0(x)))
        lastNorm.normalize(&x.values, sums: x.sums, activation: .silu)
        return last(x.values)
    }
}

/// Two blocks and a convolution of stride 2.
struct TamingDownLevel {
    let blocks: TamingBlocks
    let down: TamingConvolution?

    init(
        named name: String, in file: TamingWeights, inputs: Int, outputs: Int, isLast: Bool
    ) throws(CheckpointError) {
        blocks = try TamingBlocks(
            count: 2, named: name, in: file, inputs: inputs, outputs: outputs,
            haveAttention: isLast)
        down =
            isLast
            ? nil
            : try TamingConvolution(
                named: "\(name).down", in: file, inputs: outputs, outputs: outputs, stride: 2)
    }

    func callAsFunction(_ input: TamingFeatures) -> TamingFeatures {
        let x = blocks(input)
        return down.map { $0.features(x.values) } ?? x
    }
}
