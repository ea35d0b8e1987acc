import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// Codes as points: slot k owns channel k, and its codes are values from -1 to 1.
struct GridCodeSpace: CodeSpace {
    let vocabulary: [Int]
    var latentChannels: Int { vocabulary.count }

    func value(_ code: Int, of slot: Int) -> Float {
        Float(code) / Float(vocabulary[slot] - 1) * 2 - 1
    }

    func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        let p = probabilities.elements
        return perSlot(probabilities.shape[0]) { position, slot, first in
            (0 ..< vocabulary[slot]).reduce(0) {
                $0 + p[position * logitCount + first + $1] * value($1, of: slot)
            }
        }
    }

    func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        let g = gradient.elements
        let positions = gradient.shape[0]
        var elements: [Float] = []
        for position in 0 ..< positions {
            for slot in vocabulary.indices {
                for code in 0 ..< vocabulary[slot] {
                    elements.append(g[position * latentChannels + slot] * value(code, of: slot))
                }
            }
        }
        return Tensor(shape: [positions, logitCount], elements: elements)
    }

    func quantize(_ latent: Tensor<Float>) -> [Int32] {
        latent.elements.enumerated().map { index, value in
            let steps = Float(vocabulary[index % latentChannels] - 1)
            return Int32(((min(max(value, -1), 1) + 1) / 2 * steps).rounded())
        }
    }

    func embed(_ codes: [Int32]) -> Tensor<Float> {
        perSlot(codes.count / latentChannels) { position, slot, _ in
            value(Int(codes[position * latentChannels + slot]), of: slot)
        }
    }

    private func perSlot(
        _ positions: Int, _ body: (_ position: Int, _ slot: Int, _ first: Int) -> Float
    ) -> Tensor<Float> {
        var elements: [Float] = []
        for position in 0 ..< positions {
            var first = 0
            for slot in vocabulary.indices {
                elements.append(body(position, slot, first))
                first += vocabulary[slot]
            }
        }
        return Tensor(shape: [positions, latentChannels], elements: elements)
    }
}

/// A decoder in which a position paints a square of 2 x 2 pixels: channel c of pixel j is a fixed
/// mixture of the latent's channels.
struct LinearDecoder: LatentDecoder {
    let latentChannels: Int
    var pixelsPerToken: Int { 2 }
    private let weights: [Float]

    init(latentChannels: Int) {
        self.latentChannels = latentChannels
        weights = (0 ..< 12 * latentChannels).map {
            let (output, channel) = $0.quotientAndRemainder(dividingBy: latentChannels)
            return RandomSource(seed: 5).normal(step: output, position: channel) * 0.2
        }
    }

    private func weight(_ output: Int, _ channel: Int) -> Float {
        weights[output * latentChannels + channel]
    }

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        mapped(latent, height: latent.shape[1], width: latent.shape[2], isTransposed: false)
    }

    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        let (height, width) = (latent.shape[1], latent.shape[2])
        return (
            decode(latent), { mapped($0, height: height, width: width, isTransposed: true) }
        )
    }

    private func mapped(
        _ input: Tensor<Float>, height: Int, width: Int, isTransposed: Bool
    ) -> Tensor<Float> {
        let values = input.elements
        let shape =
            isTransposed
            ? [1, height, width, latentChannels] : [1, 2 * height, 2 * width, 3]
        var result = [Float](repeating: 0, count: shape.reduce(1, *))
        for y in 0 ..< 2 * height {
            for x in 0 ..< 2 * width {
                for c in 0 ..< 3 {
                    let pixel = (y * 2 * width + x) * 3 + c
                    let output = ((y % 2) * 2 + x % 2) * 3 + c
                    for k in 0 ..< latentChannels {
                        let place = (y / 2 * width + x / 2) * latentChannels + k
                        if isTransposed {
                            result[place] += weight(output, k) * values[pixel]
                        } else {
                            result[pixel] += weight(output, k) * values[place]
                        }
                    }
                }
            }
        }
        return Tensor(shape: shape, elements: result)
    }
}

/// A model that knows nothing, apart from a slight liking for low codes.
struct FlatPredictor: TokenPredictor {
    let vocabulary: [Int]
    let labels: [String] = []

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let elements = indices.flatMap { index in
            (0 ..< vocabulary[index % vocabulary.count]).map { -0.01 * Float($0) }
        }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [elements.count], elements: elements))
    }
}

/// A model of two slots, 9 and 5 codes, with a linear decoder.
func linearModel() -> TokenModel {
    let vocabulary = [9, 5]
    return TokenModel(
        predictor: FlatPredictor(vocabulary: vocabulary),
        codeSpace: GridCodeSpace(vocabulary: vocabulary), decoder: LinearDecoder(latentChannels: 2))
}

/// A grid of random codes.
func randomGrid(height: Int, width: Int, vocabulary: [Int], seed: UInt64) -> TokenGrid {
    let random = RandomSource(seed: seed)
    let codes = (0 ..< height * width * vocabulary.count).map { index in
        let count = Float(vocabulary[index % vocabulary.count])
        return Int32(random.uniform(step: 0, position: index) * count)
    }
    return TokenGrid(height: height, width: width, vocabulary: vocabulary, codes: codes)
}
