import Glibc
import TesseraTensor
public import TesseraTokens

/// Tokens to start posterior sampling from, and what they weigh beside the prior.
///
/// They are those of what the measurement itself suggests, such as a bicubic enlargement or a hole
/// filled smoothly. An initial estimate gives each code the log-probability -κ d² / d₀², up to a constant, with d
/// the distance of the code's vector from the estimated one, d₀ the usual distance of neighbouring
/// codes of the slot, and κ the sharpness.
public struct InitialEstimate: Sendable {
    /// The tokens, none masked.
    public let grid: TokenGrid

    /// What each position weighs, from 0, the prior alone, to 1, the estimate alone; `[h, w]`.
    public let weights: [Float]

    /// κ: how fast probability falls with distance from the estimated code.
    public let sharpness: Float

    /// Makes an initial estimate.
    ///
    /// - Parameters:
    ///   - grid: The tokens, none masked.
    ///   - weights: What each position weighs, in [0, 1], or `nil` for 1 everywhere.
    ///   - sharpness: How fast probability falls with distance from the estimated code, above 0.
    public init(grid: TokenGrid, weights: [Float]? = nil, sharpness: Float = 1) {
        let weights = weights ?? [Float](repeating: 1, count: grid.positionCount)
        precondition(
            weights.count == grid.positionCount,
            "An initial estimate of \(grid.positionCount) positions got \(weights.count) weights")
        self.grid = grid
        self.weights = weights
        self.sharpness = sharpness
    }

    /// The part of the estimate in a rectangle of positions.
    package func window(_ rectangle: PositionRectangle) -> InitialEstimate {
        InitialEstimate(
            grid: grid.window(rectangle),
            weights: weights.window(rectangle, ofWidth: grid.width), sharpness: sharpness)
    }

    /// Whether each position weighs nearly all, `[h, w]`: the measurement shows all of it.
    var isMeasured: [Bool] { weights.map { $0 > 0.98 } }

    /// The log-probabilities of all codes, up to a constant for each slot.
    ///
    /// Distances come from the code space's linear maps alone: |C - z|² = |C|² - 2 C·z + |z|².
    ///
    /// - Parameter codeSpace: The quantizer.
    /// - Returns: Shape `[positions, vocabulary.sum]`.
    func logits(in codeSpace: any CodeSpace) -> Tensor<Float> {
        let norms = codeSpace.codeVectors.squaredRowNorms
        let scales = codeSpace.neighbourSquaredDistances.map { sharpness / max($0, 1e-12) }
        var logits = codeSpace.expectationPullback(of: codeSpace.embed(grid.codes))
        logits.withUnsafeMutableBuffer { logits in
            var i = 0
            for _ in 0 ..< grid.positionCount {
                var logit = 0
                for (slot, count) in grid.vocabulary.enumerated() {
                    for _ in 0 ..< count {
                        logits[i] = scales[slot] * (2 * logits[i] - norms[logit])
                        i += 1
                        logit += 1
                    }
                }
            }
        }
        return logits
    }
}

extension CodeSpace {
    /// What each code adds to an expectation: a matrix `[vocabulary.sum, latentChannels]`.
    fileprivate var codeVectors: Tensor<Float> {
        var identity = Tensor<Float>(shape: [logitCount, logitCount], repeating: 0)
        identity.withUnsafeMutableBuffer { values in
            for i in 0 ..< logitCount { values[i * (logitCount + 1)] = 1 }
        }
        return expectation(of: identity)
    }

    /// The mean over a slot's codes of the squared distance to the nearest other code.
    fileprivate var neighbourSquaredDistances: [Float] {
        let channels = latentChannels
        return codeVectors.withUnsafeBuffer { vectors in
            var first = 0
            return vocabulary.map { count in
                defer { first += count }
                let codes = first ..< first + count
                let distances = codes.map { code in
                    codes.lazy.filter { $0 != code }.map { other in
                        (0 ..< channels).reduce(into: Float(0)) { sum, channel in
                            let step =
                                vectors[code * channels + channel]
                                - vectors[other * channels + channel]
                            sum += step * step
                        }
                    }.min() ?? 1
                }
                return distances.reduce(0, +) / Float(count)
            }
        }
    }
}

extension Tensor<Float> {
    /// The sum of the squares of each row of a matrix.
    fileprivate var squaredRowNorms: [Float] {
        withUnsafeBuffer { values in
            (0 ..< shape[0]).map { row in
                values[row * shape[1] ..< (row + 1) * shape[1]].reduce(0) { $0 + $1 * $1 }
            }
        }
    }
}
