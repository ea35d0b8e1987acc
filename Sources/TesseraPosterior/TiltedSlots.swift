import Foundation
import TesseraTensor
import TesseraTokens

/// The tilted distributions x_φ of the masked slots of a grid: the only thing that is optimized.
///
/// Logits φ are kept slot by slot, as one matrix of a row per masked position. What leaves this type
/// is dense, `[positions, vocabulary.sum]` as a ``CodeSpace`` reads it, with certainty at the codes
/// that are given.
struct TiltedSlots: Sendable {
    private let grid: TokenGrid
    private let logitCount: Int
    private var blocks: [Block]

    /// One slot at all positions at which it is masked.
    private struct Block: Sendable {
        let slot: Int
        let firstLogit: Int
        let positions: [Int]
        /// What the prior says, log x_θ: a matrix `[positions.count, V]`.
        var prior: Tensor<Float>
        /// The tilted logits φ: a matrix `[positions.count, V]`.
        var logits: Tensor<Float>
        /// softmax φ.
        var probabilities: Tensor<Float>
        var optimizer: AdamOptimizer

        /// Moves φ against a gradient with respect to the probabilities.
        mutating func move(along gradient: Tensor<Float>, rate: Float) {
            let slope = softmaxPullback(gradient, output: probabilities)
            optimizer.update(&logits, gradient: slope, rate: rate)
            probabilities = softmax(logits)
        }
    }

    /// Starts from what the prior says.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - logits: The prior's logits of all masked slots, in rising order of their flat indices.
    init(grid: TokenGrid, logits: Tensor<Float>) {
        self.grid = grid
        logitCount = grid.vocabulary.reduce(0, +)
        var rows = grid.vocabulary.map { _ in [Float]() }
        var positions = grid.vocabulary.map { _ in [Int]() }
        logits.withUnsafeBuffer { logits in
            var offset = 0
            for index in grid.maskedIndices {
                let slot = index % grid.slotCount
                let count = grid.vocabulary[slot]
                positions[slot].append(index / grid.slotCount)
                rows[slot] += logits[offset ..< offset + count]
                offset += count
            }
        }
        blocks = []
        var firstLogit = 0
        for (slot, count) in grid.vocabulary.enumerated() {
            if !positions[slot].isEmpty {
                let shape = [positions[slot].count, count]
                let probabilities = softmax(Tensor(shape: shape, elements: rows[slot]))
                let prior = probabilities.logarithm()
                blocks.append(
                    Block(
                        slot: slot, firstLogit: firstLogit, positions: positions[slot],
                        prior: prior, logits: prior, probabilities: probabilities,
                        optimizer: AdamOptimizer(shape: shape)))
            }
            firstLogit += count
        }
    }

    /// The distributions of all positions: a matrix `[positions, vocabulary.sum]`.
    var denseProbabilities: Tensor<Float> {
        Tensor(shape: [grid.positionCount, logitCount]) { dense in
            dense.initialize(repeating: 0)
            var start = 0
            for (index, code) in grid.codes.enumerated() {
                if code != TokenGrid.mask { dense[start + Int(code)] = 1 }
                start += grid.vocabulary[index % grid.slotCount]
            }
            for block in blocks {
                let count = grid.vocabulary[block.slot]
                block.probabilities.withUnsafeBuffer { rows in
                    for (row, position) in block.positions.enumerated() {
                        let start = position * logitCount + block.firstLogit
                        for i in 0 ..< count { dense[start + i] = rows[row * count + i] }
                    }
                }
            }
        }
    }

    /// The logarithms log x_φ of the distributions, for the next step to start from.
    var denseLogits: Tensor<Float> {
        denseProbabilities.logarithm()
    }

    /// The probability of one code for each masked slot, by flat index.
    ///
    /// - Parameter codes: Shape `[positions, slots]`, none masked.
    /// - Returns: The flat index and the probability of its code under x_φ.
    func confidences(of codes: [Int32]) -> [(index: Int, probability: Float)] {
        blocks.flatMap { block in
            let count = grid.vocabulary[block.slot]
            return block.probabilities.withUnsafeBuffer { probabilities in
                block.positions.enumerated().map { row, position in
                    let index = position * grid.slotCount + block.slot
                    return (index, probabilities[row * count + Int(codes[index])])
                }
            }
        }
    }

    /// Moves φ towards logits that were found before: φ ← (1 - w) φ + w carried.
    ///
    /// - Parameters:
    ///   - carried: Log-probabilities. Shape `[positions, vocabulary.sum]`.
    ///   - weights: w of each position, in [0, 1].
    mutating func start(from carried: Tensor<Float>, weights: [Float]) {
        carried.withUnsafeBuffer { carried in
            for b in blocks.indices {
                let count = grid.vocabulary[blocks[b].slot]
                let (positions, first) = (blocks[b].positions, blocks[b].firstLogit)
                blocks[b].logits.withUnsafeMutableBuffer { logits in
                    for (row, position) in positions.enumerated() {
                        let weight = weights[position]
                        for code in 0 ..< count {
                            let value = carried[position * logitCount + first + code]
                            let old = logits[row * count + code]
                            logits[row * count + code] = old + weight * (value - old)
                        }
                    }
                }
                blocks[b].probabilities = softmax(blocks[b].logits)
            }
        }
    }

    /// Takes one step of Adam on φ.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the measurement loss with respect to the probabilities. Shape
    ///     `[positions, vocabulary.sum]`.
    ///   - rate: The learning rate.
    ///   - priorWeight: The weight λ of the mean over masked slots of KL(x_φ ‖ x_θ).
    mutating func descend(along gradient: Tensor<Float>, rate: Float, priorWeight: Float) {
        let slotTotal = blocks.reduce(0) { $0 + $1.positions.count }
        let weight = priorWeight / Float(max(slotTotal, 1))
        for b in blocks.indices {
            var rows = gathered(gradient, for: blocks[b])
            if weight > 0 {
                // ∂/∂p of Σ p (log p - log x_θ) is log p - log x_θ + 1; softmax removes the 1.
                rows.addLogRatio(
                    of: blocks[b].probabilities, to: blocks[b].prior, weight: weight)
            }
            blocks[b].move(along: rows, rate: rate)
        }
    }

    /// The distributions, each mixed with certainty at one code by its entropy.
    ///
    /// w = H(p) / log V is 1 for a slot that knows nothing, which is then hard, and 0 for a sure one.
    ///
    /// - Parameter codes: The code of every slot. Shape `[positions, slots]`.
    /// - Returns: (1 - w) p + w · one-hot(code). Shape `[positions, vocabulary.sum]`.
    func gatedProbabilities(hardenedTo codes: [Int32]) -> Tensor<Float> {
        var copy = self
        for b in copy.blocks.indices {
            let block = blocks[b]
            let count = grid.vocabulary[block.slot]
            copy.blocks[b].probabilities.withUnsafeMutableBuffer { probabilities in
                for (row, position) in block.positions.enumerated() {
                    let range = row * count ..< (row + 1) * count
                    let entropy = probabilities[range].reduce(0) { $0 - $1 * log(max($1, 1e-30)) }
                    let weight = entropy / log(Float(count))
                    for i in range { probabilities[i] *= 1 - weight }
                    let code = Int(codes[position * grid.slotCount + block.slot])
                    probabilities[range.lowerBound + code] += weight
                }
            }
        }
        return copy.denseProbabilities
    }

    /// The rows of a dense tensor that belong to one slot.
    private func gathered(_ dense: Tensor<Float>, for block: Block) -> Tensor<Float> {
        let count = grid.vocabulary[block.slot]
        return dense.withUnsafeBuffer { dense in
            Tensor(shape: block.logits.shape) { rows in
                for (row, position) in block.positions.enumerated() {
                    let start = position * logitCount + block.firstLogit
                    for i in 0 ..< count {
                        rows.initializeElement(at: row * count + i, to: dense[start + i])
                    }
                }
            }
        }
    }
}

extension Tensor<Float> {
    /// The natural logarithm of probabilities; those below 1e-30 count as 1e-30.
    fileprivate func logarithm() -> Tensor {
        withUnsafeBuffer { values in
            Tensor(shape: shape) { logarithms in
                for i in values.indices {
                    logarithms.initializeElement(at: i, to: log(Swift.max(values[i], 1e-30)))
                }
            }
        }
    }

    /// Adds weight · (log p - log x_θ).
    fileprivate mutating func addLogRatio(
        of probabilities: Tensor, to logPrior: Tensor, weight: Float
    ) {
        withUnsafeMutableBuffer { values in
            probabilities.withUnsafeBuffer { probabilities in
                logPrior.withUnsafeBuffer { logPrior in
                    for i in values.indices {
                        let logRatio = log(Swift.max(probabilities[i], 1e-30)) - logPrior[i]
                        values[i] += weight * logRatio
                    }
                }
            }
        }
    }
}
