public import TesseraCheckpoint
public import TesseraInverse
public import TesseraPacking
import TesseraLayers
public import TesseraTensor
import TesseraTokens

/// A U-shaped network that removes white noise and is told how much of it each pixel has.
///
/// Pixels and their noise's deviation are gathered 2×2 first, so that no convolution runs at full resolution and most
/// of the work is done at low ones. The level of the noise is an input as in K. Zhang, W. Zuo and L. Zhang, "FFDNet:
/// Toward a Fast and Flexible Solution for CNN-Based Image Denoising", TIP 2018; residual blocks without norms
/// stand in a U as in their DRUNet (K. Zhang et al., "Plug-and-Play Image Restoration with Deep Denoiser Prior", TPAMI
/// 2021). A value depends on its neighbourhood only, so that tiles change nothing.
public struct ResidualUNet: PixelDenoiser, TiledDenoiser {
    /// The sizes of the network.
    public let settings: ResidualUNetFamily.Settings

    /// The largest side of a tile with its halo, in pixels.
    ///
    /// The largest tile takes some 400 MB with the channels of the network that ships.
    public var tileSide = 1280

    private let precision: Precision
    private let first: Convolution
    /// Finest first; the last stage has no way on.
    private let down: [Stage]
    /// Finest first.
    private let up: [Stage]
    private let last: Convolution

    /// Reads the weights `denoiser.…`.
    ///
    /// - Parameters:
    ///   - settings: The sizes of the network.
    ///   - file: The file that holds its weights.
    ///   - precision: The format in which the layers multiply.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        _ settings: ResidualUNetFamily.Settings, from file: Weights, precision: Precision = .float32
    ) throws(CheckpointError) {
        let widths = settings.widths
        self.settings = settings
        self.precision = precision
        first = try Convolution(named: "denoiser.conv_in", in: file, inputs: 16, outputs: widths[0])
        var down: [Stage] = []
        var up: [Stage] = []
        for (index, width) in widths.enumerated() {
            let next = index + 1 < widths.count ? widths[index + 1] : nil
            down.append(
                Stage(
                    blocks: try Stage.blocks(
                        "encoder.\(index)", settings.encoderBlocks[index], width, in: file),
                    convolution: try next.map { (next) throws(CheckpointError) in
                        try Convolution(
                            named: "denoiser.down.\(index)", in: file, inputs: width, outputs: next,
                            stride: 2)
                    }))
            guard let next else { continue }
            up.append(
                Stage(
                    blocks: try Stage.blocks(
                        "decoder.\(index)", settings.decoderBlocks[index], width, in: file),
                    convolution: try Convolution(
                        named: "denoiser.up.\(index)", in: file, inputs: next, outputs: 4 * width,
                        side: 1)))
        }
        (self.down, self.up) = (down, up)
        last = try Convolution(named: "denoiser.conv_out", in: file, inputs: widths[0], outputs: 12)
    }

    var multiple: Int { settings.multiple }
    var halo: Int { settings.halo }

    /// Adds the change that the layers find.
    func output(of input: Tensor<Float>) -> Tensor<Float> {
        let change = change(of: input)
        let shape = change.shape
        return input.withUnsafeBuffer { input in
            change.withUnsafeBuffer { change in
                Tensor(shape: shape) { output in
                    for index in change.indices {
                        output.initializeElement(
                            at: index, to: input[index / 3 * 4 + index % 3] + change[index])
                    }
                }
            }
        }
    }

    /// What is to be added to noisy pixels, of which the fourth channel is their deviation.
    private func change(of input: Tensor<Float>) -> Tensor<Float> {
        var x = first(pixelUnshuffle(input), precision: precision)
        var skipped: [Tensor<Float>] = []
        for stage in down {
            for block in stage.blocks { x = block(x, precision: precision) }
            if let convolution = stage.convolution {
                skipped.append(x)
                x = convolution(x, precision: precision)
            }
        }
        for (stage, skip) in zip(up, skipped).reversed() {
            if let convolution = stage.convolution {
                x = convolution(
                    x, residual: skip, rearrangement: .shuffledAfter, precision: precision)
            }
            for block in stage.blocks { x = block(x, precision: precision) }
        }
        return last(x, rearrangement: .shuffledAfter, precision: precision)
    }

    /// Residual blocks, and the convolution that leads to or from the next coarser stage.
    private struct Stage: Sendable {
        let blocks: [Block]
        let convolution: Convolution?

        static func blocks(
            _ name: String, _ count: Int, _ width: Int, in file: Weights
        ) throws(CheckpointError) -> [Block] {
            var blocks: [Block] = []
            for index in 0 ..< count {
                blocks.append(
                    try Block(named: "denoiser.\(name).\(index)", in: file, channels: width))
            }
            return blocks
        }
    }

    /// x + conv2(relu(conv1(x))), without a rectifier at the end.
    private struct Block: Sendable {
        let first: Convolution
        let second: Convolution

        init(named name: String, in file: Weights, channels: Int) throws(CheckpointError) {
            first = try Convolution(
                named: "\(name).conv1", in: file, inputs: channels, outputs: channels)
            second = try Convolution(
                named: "\(name).conv2", in: file, inputs: channels, outputs: channels)
        }

        func callAsFunction(_ x: Tensor<Float>, precision: Precision) -> Tensor<Float> {
            second(
                first(x, activation: .relu, precision: precision), residual: x,
                precision: precision)
        }
    }
}

extension ResidualUNetFamily.Settings {
    /// The number that heights and widths are multiples of inside the network.
    var multiple: Int { 1 << widths.count }

    /// How far a value can come from, in squares of ``multiple`` pixels, rounded up.
    ///
    /// A stage's convolutions see one of its pixels further each, those of stride 2 one of the finer stage's, and what
    /// is shuffled back comes from the same coarse pixel.
    var halo: Int {
        var pixels = 2 + 2  // the first and the last convolution, at half resolution
        for (index, blocks) in encoderBlocks.enumerated() {
            let isLast = index + 1 == encoderBlocks.count
            let convolutions = 2 * blocks + (isLast ? 0 : 2 * decoderBlocks[index] + 2)
            pixels += convolutions << (index + 1)
        }
        return (pixels + multiple - 1) / multiple
    }
}
