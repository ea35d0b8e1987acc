import Glibc
import TesseraTensor

/// One code drawn from a slot's logits.
package struct CodeDraw {
    /// The code.
    package let code: Int32

    /// Its log-probability under the model: at temperature 1 and from all codes.
    ///
    /// At the temperature of the draw a cold sampler would be sure of everything, and its
    /// confidences would tie.
    package let logProbability: Float

    /// Draws a code.
    ///
    /// - Parameters:
    ///   - logits: Unnormalized log-probabilities of the slot's codes.
    ///   - temperature: What divides the logits; 0 takes the largest.
    ///   - topP: The probability mass that the code is drawn from, most probable codes first.
    ///   - uniform: A random number in (0, 1).
    package init(
        from logits: UnsafeBufferPointer<Float>, temperature: Float, topP: Float, uniform: Float
    ) {
        var best = 0
        for i in logits.indices where logits[i] > logits[best] { best = i }
        let largest = logits[best]
        var sum: Float = 0
        for logit in logits { sum += exp(logit - largest) }
        var drawn = best
        if temperature > 0 && topP < 1 {
            var weights = logits.map { exp(($0 - largest) / temperature) }
            CodeDraw.keepNucleus(of: &weights, mass: topP)
            drawn = CodeDraw.draw(
                from: weights.count, total: weights.reduce(0, +), uniform: uniform
            ) { weights[$0] }
        } else if temperature > 0 {
            // Weights are computed again rather than kept: on average half of them.
            let weight = { (code: Int) in exp((logits[code] - largest) / temperature) }
            let total = temperature == 1 ? sum : logits.indices.reduce(0) { $0 + weight($1) }
            drawn = CodeDraw.draw(
                from: logits.count, total: total, uniform: uniform, weight: weight)
        }
        code = Int32(drawn)
        logProbability = logits[drawn] - largest - log(sum)
    }

    /// Draws a code for each of many slots, on all threads.
    ///
    /// - Parameters:
    ///   - count: The number of slots.
    ///   - draw: Draws the code of a slot.
    /// - Returns: The draws, in order.
    package static func all(_ count: Int, _ draw: (Int) -> CodeDraw) -> [CodeDraw] {
        [CodeDraw](unsafeUninitializedCapacity: count) { draws, filled in
            let address = UnsafeMutableBufferPointer(rebasing: draws[..<count])
            ThreadPool.run(over: count, by: slotsPerPart) { slots in
                for slot in slots { address.initializeElement(at: slot, to: draw(slot)) }
            }
            filled = count
        }
    }

    /// About 50 microseconds of one core.
    private static let slotsPerPart = 32

    /// Sets to zero all but the largest weights that together have the given part of the sum.
    ///
    /// A. Holtzman, J. Buys, L. Du, M. Forbes and Y. Choi, "The Curious Case of Neural Text
    /// Degeneration", ICLR 2020, section 3.1. The largest weight is always kept.
    static func keepNucleus(of weights: inout [Float], mass: Float) {
        let wanted = mass * weights.reduce(0, +)
        let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        var sum: Float = 0
        for index in order {
            if sum >= wanted { weights[index] = 0 }
            sum += weights[index]
        }
    }

    /// The index at which the running sum of weights passes a fraction of the whole.
    private static func draw(
        from count: Int, total: Float, uniform: Float, weight: (Int) -> Float
    ) -> Int {
        let target = uniform * total
        var sum: Float = 0
        var last = 0
        for index in 0 ..< count {
            let weight = weight(index)
            guard weight > 0 else { continue }
            sum += weight
            last = index
            if sum > target { break }
        }
        return last
    }
}
