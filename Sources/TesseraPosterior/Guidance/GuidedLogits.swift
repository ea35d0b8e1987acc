import Glibc
import TesseraSampler
import TesseraTensor
import TesseraTokens

/// The distributions x_φ of the masked slots of a grid, guided by the measurement: what is optimized.
///
/// Logits φ are kept slot by slot, as one matrix of a row per masked position (``GuidedSlot``). What
/// leaves this type is dense, `[positions, vocabulary.sum]` as a code space reads it, with certainty
/// at the codes that are given. Logits count up to a constant for each row.
struct GuidedLogits: Sendable {
    private let grid: TokenGrid
    private let logitCount: Int
    private var slots: [GuidedSlot]

    /// Starts from what the prior says.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - logits: The prior's logits of all masked slots, in rising order of their flat indices.
    init(grid: TokenGrid, logits: Logits) {
        self.grid = grid
        logitCount = grid.vocabulary.reduce(0, +)
        var positions = grid.vocabulary.map { _ in [Int]() }
        var starts = positions
        for (index, start) in zip(logits.layout.indices, logits.layout.offsets) {
            let slot = index % grid.slotCount
            positions[slot].append(index / grid.slotCount)
            starts[slot].append(start)
        }
        slots = []
        var firstLogit = 0
        for (slot, count) in grid.vocabulary.enumerated() {
            if !positions[slot].isEmpty {
                slots.append(
                    GuidedSlot(
                        slot: slot, columns: firstLogit ..< firstLogit + count,
                        positions: positions[slot], logits: logits.values,
                        starts: starts[slot]))
            }
            firstLogit += count
        }
    }

    /// The distributions of all positions: a matrix `[positions, vocabulary.sum]`.
    var denseProbabilities: Tensor<Float> { dense(\.probabilities) }

    /// The relaxed draws of all positions, as ``relax(with:temperature:)`` left them.
    var denseRelaxed: Tensor<Float> { dense(\.relaxed) }

    private func dense(_ values: KeyPath<GuidedSlot, Tensor<Float>>) -> Tensor<Float> {
        Tensor(shape: [grid.positionCount, logitCount]) { dense in
            dense.initialize(repeating: 0)
            var start = 0
            for (index, code) in grid.codes.enumerated() {
                if code != TokenGrid.mask { dense[start + Int(code)] = 1 }
                start += grid.vocabulary[index % grid.slotCount]
            }
            for slot in slots { slot.copy(slot[keyPath: values], into: dense, stride: logitCount) }
        }
    }

    /// Writes what the measurement has changed, φ - log x_θ of masked slots, to a matrix
    /// `[positions, vocabulary.sum]`: for a later step to start from.
    ///
    /// - Parameter dense: The matrix; what it says of other slots stays. `nil` is a matrix of zeros.
    func copyGuidance(into dense: inout Tensor<Float>?) {
        var guidance =
            dense.take() ?? Tensor(shape: [grid.positionCount, logitCount], repeating: 0)
        guidance.withUnsafeMutableBuffer { guidance in
            for slot in slots { slot.copy(slot.guidance, into: guidance, stride: logitCount) }
        }
        dense = guidance
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

    /// Moves φ towards the logits of an estimate: φ ← (1 - w) φ + w estimate.
    ///
    /// - Parameters:
    ///   - estimate: Logits. Shape `[positions, vocabulary.sum]`.
    ///   - weights: w of each position, in [0, 1].
    mutating func start(from estimate: Tensor<Float>, weights: [Float]) {
        for i in slots.indices { slots[i].start(from: estimate, weights: weights) }
    }

    /// Guides φ as an earlier step did: φ ← φ + w guidance.
    ///
    /// - Parameters:
    ///   - guidance: What ``copyGuidance(into:)`` wrote after that step.
    ///   - weight: w, in [0, 1].
    mutating func add(guidance: Tensor<Float>, weight: Float) {
        for i in slots.indices { slots[i].add(guidance: guidance, weight: weight) }
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

    /// Draws a code for each masked slot from x_φ.
    ///
    /// - Parameter uniform: A random number in (0, 1) for a flat index.
    /// - Returns: A draw for each masked slot, in rising order of their flat indices.
    func draws(_ uniform: (_ index: Int) -> Float) -> [CodeDraw] {
        var draws: [(index: Int, draw: CodeDraw)] = []
        for slot in slots {
            let count = slot.columns.count
            let indices = slot.positions.map { $0 * grid.slotCount + slot.slot }
            let ofSlot = slot.logits.withUnsafeBuffer { logits in
                CodeDraw.all(indices.count) { row in
                    CodeDraw(
                        from: UnsafeBufferPointer(
                            rebasing: logits[row * count ..< (row + 1) * count]),
                        temperature: 1, topP: 1, uniform: uniform(indices[row]))
                }
            }
            for (index, draw) in zip(indices, ofSlot) { draws.append((index, draw)) }
        }
        return draws.sorted { $0.index < $1.index }.map(\.draw)
    }

    /// Writes φ of the masked slots to where they belong in a matrix `[positions, vocabulary.sum]`.
    func copyLogits(into dense: inout Tensor<Float>) {
        dense.withUnsafeMutableBuffer { dense in
            for slot in slots { slot.copy(slot.logits, into: dense, stride: logitCount) }
        }
    }

    /// Starts the optimizers anew, rectified.
    mutating func rectifyOptimizers() {
        for i in slots.indices {
            slots[i].optimizer = AdamOptimizer(shape: slots[i].logits.shape, isRectified: true)
        }
    }

    /// Draws from all distributions as far as a gradient can follow.
    ///
    /// - Parameters:
    ///   - noise: Gumbel noise. Shape `[positions, vocabulary.sum]`.
    ///   - temperature: What divides logits and noise, above 0.
    mutating func relax(with noise: Tensor<Float>, temperature: Float) {
        for i in slots.indices { slots[i].relax(with: noise, temperature: temperature) }
    }

    /// Takes one step of the optimizers along the gradient at the relaxed draws.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the loss by the draws. Shape `[positions, vocabulary.sum]`.
    ///   - scale: What multiplies it.
    ///   - rate: The learning rate.
    ///   - priorWeight: The weight of the sum over masked slots of KL(x_φ ‖ x_θ).
    mutating func descendRelaxed(
        along gradient: Tensor<Float>, scale: Float, rate: Float, priorWeight: Float
    ) {
        for i in slots.indices {
            slots[i].descendRelaxed(
                along: gradient, scale: scale, rate: rate, priorWeight: priorWeight)
        }
    }
}
