public import TesseraCheckpoint
public import TesseraPacking
import TesseraLayers
public import TesseraTensor

/// The network that turns pixels into a latent.
///
/// Pixels are gathered 2×2 first, so that no convolution runs at full resolution; then stages of
/// residual blocks with a convolution of stride 2 between them, and a linear map to the latent. It
/// has no normalisation and no attention, so a value depends on its neighbourhood only
/// (``ConvolutionalArchitecture/encoderReceptiveField``).
public struct ConvolutionalEncoder: Sendable {
    /// The sizes of the network.
    public let architecture: ConvolutionalArchitecture

    private let first: Convolution
    private let stages: [Stage]
    private let last: Convolution

    /// Reads the weights `encoder.…`.
    ///
    /// - Parameters:
    ///   - file: The file that holds them.
    ///   - architecture: The sizes of the network.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        from file: Weights, architecture: ConvolutionalArchitecture
    ) throws(CheckpointError) {
        let widths = architecture.widths
        self.architecture = architecture
        first = try Convolution(
            named: "encoder.conv_in", in: file, inputs: 12, outputs: widths[0])
        var stages: [Stage] = []
        for (index, width) in widths.enumerated() {
            let name = "encoder.stages.\(index)"
            var blocks: [ResidualBlock] = []
            for block in 0 ..< architecture.encoderBlocks[index] {
                blocks.append(
                    try ResidualBlock(named: "\(name).blocks.\(block)", in: file, channels: width))
            }
            let down =
                index + 1 < widths.count
                ? try Convolution(
                    named: "\(name).down", in: file, inputs: width, outputs: widths[index + 1],
                    stride: 2) : nil
            stages.append(Stage(blocks: blocks, down: down))
        }
        self.stages = stages
        last = try Convolution(
            named: "encoder.conv_out", in: file, inputs: widths[widths.count - 1],
            outputs: architecture.latentChannels, side: 1)
    }

    /// Encodes pictures.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[N, H, W, 3]`, values in [-1, 1], H and W multiples of
    ///     ``ConvolutionalArchitecture/pixelsPerToken``.
    ///   - precision: The format in which numbers are multiplied. In bf16 about one code in forty is
    ///     a neighbour of the one in f32.
    /// - Returns: Shape `[N, H / pixelsPerToken, W / pixelsPerToken, latentChannels]`.
    public func encode(
        _ pixels: Tensor<Float>, precision: Precision = .float32
    ) -> Tensor<Float> {
        let side = architecture.pixelsPerToken
        precondition(
            pixels.shape.count == 4 && pixels.shape[3] == 3
                && pixels.shape[1] % side == 0 && pixels.shape[2] % side == 0,
            "An encoder reads pixels of shape [N, H, W, 3] with H and W multiples of \(side), "
                + "but got \(pixels.shape)")
        return pixels.mappingPictures { pixels in
            var x = first(pixelUnshuffle(pixels), activation: .relu, precision: precision)
            for stage in stages {
                for block in stage.blocks { x = block(x, precision: precision) }
                if let down = stage.down { x = down(x, activation: .relu, precision: precision) }
            }
            return last(x, precision: precision)
        }
    }

    private struct Stage: Sendable {
        let blocks: [ResidualBlock]
        let down: Convolution?
    }
}
