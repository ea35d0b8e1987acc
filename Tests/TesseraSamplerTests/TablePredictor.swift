import TesseraTensor
import TesseraTokens

/// A model that scores codes by a hash of the slot and of the codes around it.
///
/// It depends on the context, so a sampler that feeds it a wrong grid gives another result.
struct HashPredictor: TokenPredictor {
    let vocabulary: [Int]
    let labels = ["odd", "even"]

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        precondition(indices == indices.sorted())
        precondition(indices.allSatisfy { grid.codes[$0] == TokenGrid.mask })
        let context = UInt64(bitPattern: Int64(grid.codes.reduce(0) { $0 &* 31 &+ Int($1) }))
        let source = RandomSource(
            seed: context, key: condition == .label(0) ? 1 : condition == .label(1) ? 2 : 0)
        let elements = indices.flatMap { index in
            (0 ..< vocabulary[index % vocabulary.count]).map { code in
                2 * source.normal(step: 0, position: index, draw: code)
            }
        }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [elements.count], elements: elements))
    }
}

/// A model that says the same about every slot, whatever is around it.
struct ConstantPredictor: TokenPredictor {
    let vocabulary: [Int]
    let labels = ["second"]
    let scores: [Float]

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let shift: Float = condition == .none ? 0 : 1
        let row = scores.indices.map { scores[$0] + ($0 == 1 ? shift : 0) }
        let elements = indices.flatMap { _ in row }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [elements.count], elements: elements))
    }
}
