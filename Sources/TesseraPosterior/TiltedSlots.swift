import Foundation
import TesseraTensor
import TesseraTokens

/// The tilted distributions x_φ of the masked slots of a grid: the only thing that is optimized.
///
/// Logits φ are kept slot by slot, as one matrix of a row per masked position (``TiltedSlot``). What
/// leaves this type is dense, `[positions, vocabulary.sum]` as a code space reads it, with certainty
/// at the codes that are given. Logits count up to a constant for each row.
struct TiltedSlots: Sendable {
    private let grid: TokenGrid
    private let logitCount: Int
    private var slots: [TiltedSlot]

    /// Starts from what the prior says.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - logits: The prior's logits of all masked slots, in rising order of their flat indices.
    init(grid: TokenGrid, logits: Tensor<Float>) {
        self.grid = grid
        logitCount = grid.vocabulary.reduce(0, +)
        var positions = grid.vocabulary.map { _ in [Int]() }
        var starts = positions
        var start = 0
        for index in grid.maskedIndices {
            let slot = index % grid.slotCount
            positions[slot].append(index / grid.slotCount)
            starts[slot].append(start)
            start += grid.vocabulary[slot]
        }
        slots = []
        var firstLogit = 0
        for (slot, count) in grid.vocabulary.enumerated() {
            if !positions[slot].isEmpty {
                slots.append(
                    TiltedSlot(
                        slot: slot, columns: firstLogit ..< firstLogit + count,
                        positions: positions[slot], logits: logits, starts: starts[slot]))
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
            for slot in slots { slot.copy(slot.probabilities, into: dense, stride: logitCount) }
        }
    }

    /// What the measurement has changed, φ - log x_θ of masked slots, and 0 elsewhere: for the next
    /// step to start from.
    var denseTilt: Tensor<Float> {
        Tensor(shape: [grid.positionCount, logitCount]) { dense in
            dense.initialize(repeating: 0)
            for slot in slots { slot.copy(slot.tilt, into: dense, stride: logitCount) }
        }
    }

    /// The log-probability of one code for each masked slot under x_φ.
    ///
    /// - Parameter codes: Shape `[positions, slots]`, none masked.
    /// - Returns: A number for each masked slot, in rising order of their flat indices.
    func logProbabilities(of codes: [Int32]) -> [Float] {
        var result = [Float](repeating: 0, count: grid.codes.count)
        for slot in slots {
            slot.probabilities.withUnsafeBuffer { probabilities in
                for (row, position) in slot.positions.enumerated() {
                    let index = position * grid.slotCount + slot.slot
                    let p = probabilities[row * slot.columns.count + Int(codes[index])]
                    result[index] = log(max(p, Float.leastNormalMagnitude))
                }
            }
        }
        return grid.maskedIndices.map { result[$0] }
    }

    /// Moves φ towards the logits of a guess: φ ← (1 - w) φ + w guess.
    ///
    /// - Parameters:
    ///   - guess: Logits. Shape `[positions, vocabulary.sum]`.
    ///   - weights: w of each position, in [0, 1].
    mutating func start(from guess: Tensor<Float>, weights: [Float]) {
        for i in slots.indices { slots[i].start(from: guess, weights: weights) }
    }

    /// Tilts φ as an earlier step did: φ ← φ + w tilt.
    ///
    /// - Parameters:
    ///   - tilt: What ``denseTilt`` was after that step.
    ///   - weight: w, in [0, 1].
    mutating func add(tilt: Tensor<Float>, weight: Float) {
        for i in slots.indices { slots[i].add(tilt: tilt, weight: weight) }
    }

    /// Takes one step of Adam on φ.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the measurement loss with respect to the probabilities. Shape
    ///     `[positions, vocabulary.sum]`.
    ///   - rate: The learning rate.
    ///   - priorWeight: The weight of the mean over masked slots of KL(x_φ ‖ x_θ).
    mutating func descend(along gradient: Tensor<Float>, rate: Float, priorWeight: Float) {
        let slotTotal = slots.reduce(0) { $0 + $1.positions.count }
        for i in slots.indices {
            slots[i].descend(
                along: gradient, rate: rate, priorWeight: priorWeight / Float(slotTotal))
        }
    }

    /// The distributions, each mixed with certainty at one code by its entropy.
    ///
    /// - Parameter codes: The code of every slot. Shape `[positions, slots]`.
    /// - Returns: (1 - w) p + w · one-hot(code), w = H(p) / log V. Shape `[positions, vocabulary.sum]`.
    func gatedProbabilities(hardenedTo codes: [Int32]) -> Tensor<Float> {
        var copy = self
        for i in slots.indices {
            copy.slots[i].harden(
                to: slots[i].positions.map { codes[$0 * grid.slotCount + slots[i].slot] })
        }
        return copy.denseProbabilities
    }
}
