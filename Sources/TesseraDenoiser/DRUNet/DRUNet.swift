import TesseraCheckpoint
import TesseraInverse
import TesseraLayers
import TesseraPacking
import TesseraTensor

/// A U-shaped network of residual blocks without biases, told the level of the noise.
///
/// K. Zhang, Y. Li, W. Zuo, L. Zhang, L. Van Gool and R. Timofte, "Plug-and-Play Image Restoration with Deep Denoiser
/// Prior", TPAMI 2021. Convolutions of 2×2 that change the size are products of gathered or shuffled pixels.
struct DRUNet: TiledDenoiser {
    let tileSide = 768

    private let settings: DRUNetFamily.Settings
    private let head: Convolution
    /// Finest first; the coarsest has no way on.
    private let down: [Stage]
    /// Finest first.
    private let up: [Stage]
    private let tail: Convolution
    private let precision: Precision

    /// Blocks, and the product that leads to the next coarser stage or comes from it.
    private struct Stage: Sendable {
        let blocks: [Block]
        let product: Convolution?
    }

    /// x + conv2(relu(conv1(x))).
    private struct Block: Sendable {
        let first: Convolution
        let second: Convolution

        func callAsFunction(_ x: Tensor<Float>, precision: Precision) -> Tensor<Float> {
            second(
                first(x, activation: .relu, precision: precision), residual: x,
                precision: precision)
        }
    }

    /// Reads the weights `denoiser.…`.
    ///
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    init(
        _ settings: DRUNetFamily.Settings, from file: Weights, precision: Precision
    ) throws(CheckpointError) {
        func blocks(_ name: String, _ width: Int) throws(CheckpointError) -> [Block] {
            var blocks: [Block] = []
            for index in 0 ..< settings.blocks {
                func convolution(_ number: Int) throws(CheckpointError) -> Convolution {
                    try Convolution(
                        named: "denoiser.\(name).\(index).conv\(number)", in: file, inputs: width,
                        outputs: width)
                }
                blocks.append(Block(first: try convolution(1), second: try convolution(2)))
            }
            return blocks
        }
        let widths = settings.widths
        self.settings = settings
        self.precision = precision
        head = try Convolution(named: "denoiser.head", in: file, inputs: 4, outputs: widths[0])
        tail = try Convolution(named: "denoiser.tail", in: file, inputs: widths[0], outputs: 3)
        var (down, up): ([Stage], [Stage]) = ([], [])
        for (index, width) in widths.enumerated() {
            let blocksDown = try blocks("encoder.\(index)", width)
            guard index + 1 < widths.count else {
                down.append(Stage(blocks: blocksDown, product: nil))
                continue
            }
            down.append(
                Stage(
                    blocks: blocksDown,
                    product: try Convolution(
                        named: "denoiser.down.\(index)", in: file, inputs: 4 * width,
                        outputs: widths[index + 1], side: 1)))
            up.append(
                Stage(
                    blocks: try blocks("decoder.\(index)", width),
                    product: try Convolution(
                        named: "denoiser.up.\(index)", in: file, inputs: widths[index + 1],
                        outputs: 4 * width, side: 1)))
        }
        (self.down, self.up) = (down, up)
    }

    var multiple: Int { 1 << (settings.widths.count - 1) }

    /// The head, the tail and two convolutions a block, each a pixel of its stage further.
    var halo: Int {
        var pixels = 2
        for index in settings.widths.indices {
            let ways = index + 1 < settings.widths.count ? 2 : 1
            pixels += ways * 2 * settings.blocks << index
        }
        return (pixels + multiple - 1) / multiple
    }

    func output(of input: Tensor<Float>) -> Tensor<Float> {
        var x = head(input.inUnitRange, precision: precision)
        var skipped: [Tensor<Float>] = []
        for stage in down {
            skipped.append(x)
            for block in stage.blocks { x = block(x, precision: precision) }
            if let product = stage.product { x = product(pixelUnshuffle(x), precision: precision) }
        }
        // Each way up begins with the sum of what comes from below and what went down there.
        for (index, stage) in up.enumerated().reversed() {
            x = x.adding(skipped[index + 1])
            if let product = stage.product {
                x = product(x, rearrangement: .shuffledAfter, precision: precision)
            }
            for block in stage.blocks { x = block(x, precision: precision) }
        }
        return tail(x.adding(skipped[0]), precision: precision).fromUnitRange
    }
}
