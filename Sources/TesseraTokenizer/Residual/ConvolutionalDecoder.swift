public import TesseraCheckpoint
public import TesseraPacking
import TesseraLayers
public import TesseraTensor
public import TesseraTokens

/// The network that turns a latent into pixels.
///
/// The mirror of ``ConvolutionalEncoder``: stages of residual blocks, coarsest first, with a
/// convolution and a shuffle that doubles the size between them, and one more shuffle at the end.
/// A value depends on its neighbourhood only (``ConvolutionalArchitecture/decoderReceptiveField``).
public struct ConvolutionalDecoder: LatentDecoder {
    /// The sizes of the network.
    public let architecture: ConvolutionalArchitecture

    /// The format in which ``decodeWithPullback(_:)`` multiplies, forth and back.
    ///
    /// What only guides sampling can bear the errors of bf16; ``decode(_:)`` always multiplies in f32.
    public let guidancePrecision: Precision

    private let first: Convolution

    /// Coarsest first.
    private let stages: [Stage]

    private let last: Convolution

    /// Reads the weights `decoder.…`, or those of another name.
    ///
    /// - Parameters:
    ///   - prefix: What the names of the weights begin with.
    ///   - file: The file that holds them.
    ///   - architecture: The sizes of the network.
    ///   - guidancePrecision: The format in which gradients are computed.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named prefix: String = "decoder", from file: Weights,
        architecture: ConvolutionalArchitecture,
        guidancePrecision: Precision = .float32
    ) throws(CheckpointError) {
        self.architecture = architecture
        self.guidancePrecision = guidancePrecision
        first = try Convolution(
            named: "\(prefix).conv_in", in: file, inputs: architecture.latentChannels,
            outputs: architecture.widths[architecture.widths.count - 1])
        var stages: [Stage] = []
        for index in architecture.widths.indices.reversed() {
            stages.append(try Stage(index, named: prefix, in: file, of: architecture))
        }
        self.stages = stages
        last = try Convolution(
            named: "\(prefix).conv_out", in: file, inputs: architecture.widths[0], outputs: 12)
    }

    /// Reads other weights for the finest stages and the last layer of a decoder, and shares the rest.
    ///
    /// - Parameters:
    ///   - other: The decoder that the coarse stages are shared with.
    ///   - count: How many stages are read, from the finest; at most those that there are.
    ///   - prefix: What the names of the weights begin with.
    ///   - file: The file that holds them.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        _ other: ConvolutionalDecoder, replacingFinestStages count: Int, named prefix: String,
        from file: Weights
    ) throws(CheckpointError) {
        architecture = other.architecture
        guidancePrecision = other.guidancePrecision
        first = other.first
        var stages = other.stages
        for index in 0 ..< count {
            stages[stages.count - 1 - index] = try Stage(
                index, named: prefix, in: file, of: architecture)
        }
        self.stages = stages
        last = try Convolution(
            named: "\(prefix).conv_out", in: file, inputs: architecture.widths[0], outputs: 12)
    }

    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int { architecture.pixelsPerToken }

    /// Decodes latents into pixels.
    ///
    /// - Parameter latent: Shape `[N, h, w, C]`.
    /// - Returns: Shape `[N, h * pixelsPerToken, w * pixelsPerToken, 3]`, values near [-1, 1].
    public func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        decode(latent, precision: .float32)
    }

    /// Decodes latents into pixels in a format of one's choice.
    ///
    /// - Parameters:
    ///   - latent: Shape `[N, h, w, C]`.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[N, h * pixelsPerToken, w * pixelsPerToken, 3]`, values near [-1, 1].
    public func decode(_ latent: Tensor<Float>, precision: Precision) -> Tensor<Float> {
        checkShape(of: latent)
        return latent.mappingPictures { latent in
            var x = first(latent, activation: .relu, precision: precision)
            for stage in stages {
                for block in stage.blocks { x = block(x, precision: precision) }
                if let up = stage.up {
                    x = up(
                        x, activation: .relu, rearrangement: .shuffledAfter, precision: precision)
                }
            }
            return last(x, rearrangement: .shuffledAfter, precision: precision)
        }
    }

    func checkShape(of latent: Tensor<Float>) {
        precondition(
            latent.shape.count == 4 && latent.shape[3] == architecture.latentChannels,
            "A decoder reads latents of shape [N, h, w, \(architecture.latentChannels)], "
                + "but got \(latent.shape)")
    }

    private struct Stage: Sendable {
        let blocks: [ResidualBlock]
        let up: Convolution?

        /// Reads a stage; 0 is the finest.
        init(
            _ index: Int, named prefix: String, in file: Weights,
            of architecture: ConvolutionalArchitecture
        ) throws(CheckpointError) {
            let name = "\(prefix).stages.\(index)"
            let width = architecture.widths[index]
            var blocks: [ResidualBlock] = []
            for block in 0 ..< architecture.decoderBlocks[index] {
                blocks.append(
                    try ResidualBlock(named: "\(name).blocks.\(block)", in: file, channels: width))
            }
            self.blocks = blocks
            up =
                index > 0
                ? try Convolution(
                    named: "\(name).up", in: file, inputs: width,
                    outputs: 4 * architecture.widths[index - 1])
                : nil
        }
    }
}

extension ConvolutionalDecoder {
    /// Decodes latents and keeps what the gradient needs.
    ///
    /// That is the result of every rectifier: it passes the gradient where it is above 0.
    ///
    /// - Parameter latent: Shape `[N, h, w, C]`.
    /// - Returns: The pixels, as ``decode(_:)`` gives them up to ``guidancePrecision``, and a function from the gradient of a
    ///   loss with respect to the pixels to that with respect to the latent.
    public func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        checkShape(of: latent)
        let precision = guidancePrecision
        var (x, opened) = first.withMask(latent, precision: precision)
        var traces: [StageTrace] = []
        for stage in stages {
            let size = x.shape
            var blocks: [ResidualBlock.Trace] = []
            for block in stage.blocks {
                let step = block.forward(x, precision: precision)
                blocks.append(step.trace)
                x = step.output
            }
            traces.append(
                StageTrace(height: size[1], width: size[2], opened: opened, blocks: blocks))
            if let up = stage.up {
                (x, opened) = up.withMask(
                    x, rearrangement: .shuffledAfter, precision: precision)
            }
        }
        let pixels = last(x, rearrangement: .shuffledAfter, precision: precision)
        return (pixels, { pullback(of: $0, traces: traces) })
    }

    /// Goes back through the rectifiers on the way: each convolution's pullback passes the one before it.
    private func pullback(of gradient: Tensor<Float>, traces: [StageTrace]) -> Tensor<Float> {
        var g = gradient
        for (stage, trace) in zip(stages, traces).reversed() {
            g = (stage.up ?? last).pullback(
                of: g, inputHeight: trace.height, inputWidth: trace.width,
                throughRelu: trace.positives(before: stage.blocks.count),
                rearrangement: .shuffledAfter, precision: guidancePrecision)
            for index in stage.blocks.indices.reversed() {
                g = stage.blocks[index].pullback(
                    of: g, trace: trace.blocks[index], throughRelu: trace.positives(before: index),
                    precision: guidancePrecision)
            }
        }
        return first.pullback(
            of: g, inputHeight: traces[0].height, inputWidth: traces[0].width,
            precision: guidancePrecision)
    }

    /// What a stage keeps: the size of its pictures, and where the rectifiers before it and of its
    /// blocks are above 0.
    private struct StageTrace {
        let height: Int
        let width: Int
        let opened: PositiveMask
        let blocks: [ResidualBlock.Trace]

        /// Where the rectifier was above 0 that a block's input comes from.
        func positives(before block: Int) -> PositiveMask {
            block == 0 ? opened : blocks[block - 1].output
        }
    }
}
