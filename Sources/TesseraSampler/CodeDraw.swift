import Foundation

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
        var sum: Float = 0
        for logit in logits { sum += exp(logit - logits[best]) }
        var drawn = best
        if temperature > 0 {
            var weights = logits.map { exp(($0 - logits[best]) / temperature) }
            if topP < 1 { CodeDraw.keepNucleus(of: &weights, mass: topP) }
            drawn = CodeDraw.draw(from: weights, uniform: uniform)
        }
        code = Int32(drawn)
        logProbability = logits[drawn] - logits[best] - log(sum)
    }

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
    static func draw(from weights: [Float], uniform: Float) -> Int {
        let target = uniform * weights.reduce(0, +)
        var sum: Float = 0
        var last = 0
        for (index, weight) in weights.enumerated() where weight > 0 {
            sum += weight
            last = index
            if sum > target { break }
        }
        return last
    }
}
