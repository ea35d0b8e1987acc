import Foundation
import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// A prior over the two slots of one position that knows their joint distribution exactly.
struct JointPredictor: TokenPredictor {
    let vocabulary = [3, 3]
    let labels: [String] = []

    /// The probability of each pair of codes, the second fastest: the slots depend on each other.
    static let joint: [Double] = [0.30, 0.02, 0.04, 0.02, 0.20, 0.08, 0.03, 0.01, 0.30]

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let elements = indices.flatMap { index in
            (0 ..< 3).map { code -> Float in
                let mass = (0 ..< 9).reduce(0.0) { sum, pair in
                    let codes = [Int32(pair / 3), Int32(pair % 3)]
                    let agrees = (0 ..< 2).allSatisfy {
                        $0 == index
                            ? codes[$0] == code
                            : grid[$0] == TokenGrid.mask || grid[$0] == codes[$0]
                    }
                    return agrees ? sum + Self.joint[pair] : sum
                }
                return Float(log(mass))
            }
        }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [elements.count], elements: elements))
    }
}

/// A model of one position with two slots of three codes, whose prior is known exactly.
let jointModel = TokenModel(
    predictor: JointPredictor(), codeSpace: GridCodeSpace(vocabulary: [3, 3]),
    decoder: LinearDecoder(latentChannels: 2))

/// Half the sum of the absolute differences of what was counted and what should have been.
func totalVariation(_ grids: [TokenGrid], from expected: [Double]) -> Double {
    var counts = [Double](repeating: 0, count: 9)
    for grid in grids { counts[Int(grid[0]) * 3 + Int(grid[1])] += 1 / Double(grids.count) }
    return zip(counts, expected).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
}
