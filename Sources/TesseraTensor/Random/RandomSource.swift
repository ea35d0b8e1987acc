import Glibc

/// Random numbers that depend on where they are used and on nothing else.
///
/// A counter-based generator: a number is a function of (seed, key, step, position, draw), so a
/// picture is the same for any batch size, thread count, order of work or resumption.
///
/// Philox 4x32-10: J. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. The
/// seed and key are mixed into one 64-bit key by the generator itself.
public struct RandomSource: Sendable {
    private let key: SIMD2<UInt32>

    /// Makes the source of one item.
    ///
    /// - Parameters:
    ///   - seed: What the user chose.
    ///   - key: Which item of a batch or folder this is.
    public init(seed: UInt64, key: UInt64 = 0) {
        let mixed = philox(counter: SIMD4(key.low, key.high, 0, 1), key: SIMD2(seed.low, seed.high))
        self.key = SIMD2(mixed.x, mixed.y)
    }

    /// 128 random bits.
    ///
    /// - Parameters:
    ///   - step: The step of an algorithm, from 0 to 2³² − 1.
    ///   - position: The place in a grid, from 0 to 2³² − 1.
    ///   - draw: Which of the numbers needed there, from 0 to 2³² − 1.
    /// - Returns: Four words of 32 bits.
    public func bits(step: Int, position: Int, draw: Int = 0) -> SIMD4<UInt32> {
        philox(counter: SIMD4(UInt32(position), UInt32(step), UInt32(draw), 0), key: key)
    }

    /// A number between 0 and 1, both excluded, on a grid of 2⁻²⁴.
    ///
    /// - Parameters:
    ///   - step: The step of an algorithm.
    ///   - position: The place in a grid.
    ///   - draw: Which of the numbers needed there; four draws share the work of one.
    /// - Returns: A number from 2⁻²⁴ to 1 − 2⁻²⁴.
    public func uniform(step: Int, position: Int, draw: Int = 0) -> Float {
        unit(bits(step: step, position: position, draw: draw >> 2)[draw & 3])
    }

    /// A number of the normal distribution with mean 0 and variance 1.
    ///
    /// G. Box and M. Muller, "A Note on the Generation of Random Normal Deviates", 1958.
    ///
    /// - Parameters:
    ///   - step: The step of an algorithm.
    ///   - position: The place in a grid.
    ///   - draw: Which of the numbers needed there.
    /// - Returns: A number between -5.8 and 5.8.
    public func normal(step: Int, position: Int, draw: Int = 0) -> Float {
        let radius = uniform(step: step, position: position, draw: 2 * draw)
        let angle = uniform(step: step, position: position, draw: 2 * draw + 1)
        return Float((-2 * log(Double(radius))).squareRoot() * cos(2 * Double.pi * Double(angle)))
    }

    /// A number of the standard Gumbel distribution, −log(−log u).
    ///
    /// The code with the highest sum of log-probability and such a number is a sample.
    ///
    /// - Parameters:
    ///   - step: The step of an algorithm.
    ///   - position: The place in a grid.
    ///   - draw: Which of the numbers needed there, such as the code.
    /// - Returns: A number between -2.9 and 16.7.
    public func gumbel(step: Int, position: Int, draw: Int = 0) -> Float {
        doubleLogarithm(uniform(step: step, position: position, draw: draw))
    }

    /// The numbers that single calls give for all positions and draws, a quarter of their work.
    ///
    /// - Parameters:
    ///   - step: The step of an algorithm.
    ///   - positions: How many positions, counted from 0.
    ///   - draws: How many draws of each position, counted from 0.
    /// - Returns: Shape `[positions, draws]`.
    public func gumbels(step: Int, positions: Int, draws: Int) -> Tensor<Float> {
        Tensor(shape: [positions, draws]) { output in
            nonisolated(unsafe) let output = output
            ThreadPool.runRanges(total: positions, operationsPerUnit: draws * 64) { range in
                for position in range {
                    var words = SIMD4<UInt32>()
                    for draw in 0 ..< draws {
                        if draw & 3 == 0 {
                            words = bits(step: step, position: position, draw: draw >> 2)
                        }
                        output[position * draws + draw] = doubleLogarithm(unit(words[draw & 3]))
                    }
                }
            }
        }
    }
}

/// The middle of one of 2²³ equal parts of the interval from 0 to 1.
private func unit(_ word: UInt32) -> Float { (Float(word >> 9) + 0.5) * 0x1p-23 }

private func doubleLogarithm(_ uniform: Float) -> Float { Float(-log(-log(Double(uniform)))) }

/// Ten rounds of Philox 4x32 over a counter and a key.
package func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, k) = (counter, key)
    for _ in 0 ..< 10 {
        let first = UInt64(x.x) * 0xD251_1F53
        let second = UInt64(x.z) * 0xCD9E_8D57
        x = SIMD4(second.high ^ x.y ^ k.x, second.low, first.high ^ x.w ^ k.y, first.low)
        k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
    }
    return x
}

extension UInt64 {
    fileprivate var low: UInt32 { UInt32(truncatingIfNeeded: self) }
    fileprivate var high: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}
