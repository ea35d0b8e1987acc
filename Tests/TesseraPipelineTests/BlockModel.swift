import TesseraPipeline
import TesseraTensor
import TesseraTokens

/// A tokenizer without weights: a position is one colour, each channel a slot of nine levels.
///
/// It decodes to flat squares and encodes their means, so that pictures of flat squares in its levels
/// come back exactly, and what a sampler does can be told by eye.
struct BlockTokenizer: VisualTokenizer {
    let codeSpace: any CodeSpace = LevelSpace()
    var guidanceDecoder: any LatentDecoder = BlockDecoder()
    let tiling = Tiling.exact(halo: 0)

    var pixelDecoder: any LatentDecoder { guidanceDecoder }

    func encode<Failure: Error>(
        height: Int, width: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> TokenGrid {
        let (rows, columns) = ((height + 7) / 8, (width + 7) / 8)
        var codes: [Int32] = []
        for row in 0 ..< rows {
            for column in 0 ..< columns {
                let square = PixelRectangle(
                    top: row * 8, left: column * 8, height: min(8, height - row * 8),
                    width: min(8, width - column * 8))
                let values = try pixels(square).elements
                let mean = (0 ..< 3).map { channel in
                    stride(from: channel, to: values.count, by: 3).reduce(0) { $0 + values[$1] }
                        / Float(values.count / 3)
                }
                codes += codeSpace.quantize(Tensor(shape: [1, 3], elements: mean))
            }
        }
        return TokenGrid(
            height: rows, width: columns, vocabulary: codeSpace.vocabulary, codes: codes)
    }

    func decode<Failure: Error>(
        _ grid: TokenGrid, height: Int, width: Int,
        writing write: (PixelRectangle, Tensor<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let latent = codeSpace.embed(grid.codes).reshaped(to: [1, grid.height, grid.width, 3])
        let whole = PixelRectangle(top: 0, left: 0, height: height, width: width)
        try write(whole, pixelDecoder.decode(latent).pixels(in: whole))
    }
}

/// Nine levels a channel, from -1 to 1.
struct LevelSpace: CodeSpace {
    static let levelCount = 9
    let vocabulary = [9, 9, 9]
    let latentChannels = 3

    func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        let p = probabilities.elements
        return Tensor(
            shape: [probabilities.shape[0], 3],
            elements: stride(from: 0, to: p.count, by: 9).map { start in
                (0 ..< 9).reduce(0) { $0 + p[start + $1] * level($1) }
            })
    }

    func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        Tensor(
            shape: [gradient.shape[0], 27],
            elements: gradient.elements.flatMap { g in (0 ..< 9).map { g * level($0) } })
    }

    func quantize(_ latent: Tensor<Float>) -> [Int32] {
        latent.elements.map { Int32(min(max((($0 + 1) * 4).rounded(), 0), 8)) }
    }

    func embed(_ codes: [Int32]) -> Tensor<Float> {
        Tensor(shape: [codes.count / 3, 3], elements: codes.map { level(Int($0)) })
    }

    private func level(_ code: Int) -> Float { Float(code) / 4 - 1 }
}

/// A flat square of 8 × 8 pixels for each position.
struct BlockDecoder: LatentDecoder {
    let pixelsPerToken = 8

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (latent.shape[1], latent.shape[2])
        let values = latent.elements
        var pixels = [Float](repeating: 0, count: height * width * 64 * 3)
        for y in 0 ..< height * 8 {
            for x in 0 ..< width * 8 {
                for c in 0 ..< 3 {
                    pixels[(y * width * 8 + x) * 3 + c] = values[(y / 8 * width + x / 8) * 3 + c]
                }
            }
        }
        return Tensor(shape: [1, height * 8, width * 8, 3], elements: pixels)
    }

    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        let (height, width) = (latent.shape[1], latent.shape[2])
        return (
            decode(latent),
            { gradient in
                let g = gradient.elements
                var sums = [Float](repeating: 0, count: height * width * 3)
                for y in 0 ..< height * 8 {
                    for x in 0 ..< width * 8 {
                        for c in 0 ..< 3 {
                            sums[(y / 8 * width + x / 8) * 3 + c] += g[(y * width * 8 + x) * 3 + c]
                        }
                    }
                }
                return Tensor(shape: [1, height, width, 3], elements: sums)
            }
        )
    }
}

/// A prior that knows nothing: every code is as probable as any other.
struct IndifferentPrior: TokenPredictor {
    let vocabulary = [9, 9, 9]
    let labels: [String] = []

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [indices.count * 9], repeating: 0))
    }
}

/// A prior that knows that a picture is black once it sees half of its slots.
struct HalfSurePrior: TokenPredictor {
    let vocabulary = [9, 9, 9]
    let labels: [String] = []

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let isSure = 2 * indices.count < grid.codes.count
        let row: [Float] = [isSure ? 100 : 0] + [Float](repeating: 0, count: 8)
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [indices.count * 9], elements: indices.flatMap { _ in row }))
    }
}

/// The model of the tests.
let blockModel = Model(
    name: "blocks", hashes: [(role: "tokenizer", sha256: "00ff")], tokenizer: BlockTokenizer(),
    prior: IndifferentPrior())
