import Glibc
import TesseraTensor
public import TesseraTokens

/// Tokens to start posterior sampling from: those of a rough picture, and how far to trust them.
///
/// A rough picture is what the measurement itself suggests, such as a bicubic enlargement or a hole
/// filled smoothly. A guess gives each code the log-probability -κ d² / d₀², up to a constant, with d
/// the distance of the code's vector from the guessed one, d₀ the usual distance of neighbouring
/// codes of the slot, and κ the sharpness.
public struct InitialGuess: Sendable {
    /// The tokens of the rough picture, none masked.
    public let grid: TokenGrid

    /// How far each position is trusted, from 0, the prior alone, to 1, the guess alone; `[h, w]`.
    public let trust: [Float]

    /// κ: how fast probability falls with distance from the guessed code.
    public let sharpness: Float

    /// Makes a guess.
    ///
    /// - Parameters:
    ///   - grid: The tokens of a rough picture, none masked.
    ///   - trust: How far each position is trusted, in [0, 1], or `nil` for 1 everywhere.
    ///   - sharpness: How fast probability falls with distance from the guessed code, above 0.
    public init(grid: TokenGrid, trust: [Float]? = nil, sharpness: Float = 1) {
        let trust = trust ?? [Float](repeating: 1, count: grid.positionCount)
        precondition(
            trust.count == grid.positionCount,
            "A guess of \(grid.positionCount) positions got \(trust.count) degrees of trust")
        self.grid = grid
        self.trust = trust
        self.sharpness = sharpness
    }

    /// Whether each position is trusted nearly wholly, `[h, w]`: the measurement shows all of it.
    var isMeasured: [Bool] { trust.map { $0 > 0.98 } }

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
