import Glibc

/// How often each code of each slot occurs in a set of token grids.
public struct CodeHistogram: Sendable {
    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// How often each code was counted, slot by slot.
    public private(set) var counts: [[Int]]

    /// Makes a histogram that has counted nothing.
    ///
    /// - Parameter vocabulary: The number of codes of each slot.
    public init(vocabulary: [Int]) {
        self.vocabulary = vocabulary
        counts = vocabulary.map { [Int](repeating: 0, count: $0) }
    }

    /// Counts the codes of one grid.
    ///
    /// - Parameter codes: Shape `[positions, vocabulary.count]`; masked ones (negative) do not count.
    public mutating func add(_ codes: [Int32]) {
        for (index, code) in codes.enumerated() where code >= 0 {
            counts[index % vocabulary.count][Int(code)] += 1
        }
    }

    /// The part of each slot's codes that occur, in [0, 1].
    public var usage: [Double] {
        counts.map { Double($0.count { $0 > 0 }) / Double($0.count) }
    }

    /// The entropy of each slot in bits, -Σ f log₂ f: what a code costs that is stored by its frequency.
    ///
    /// **Edge cases:** 0 for a slot of which nothing was counted.
    public var entropy: [Double] {
        counts.map { counts in
            let total = Double(counts.reduce(0, +))
            return counts.reduce(into: 0.0) { entropy, count in
                guard count > 0 else { return }
                entropy -= Double(count) / total * log2(Double(count) / total)
            }
        }
    }

    /// The perplexity of each slot, 2 to the entropy: how many equally frequent codes say as much.
    ///
    /// **Edge cases:** 1 for a slot of which nothing was counted.
    public var perplexity: [Double] { entropy.map { exp2($0) } }

    /// The bits that a grid's codes cost if each is stored by its frequency, a position on average.
    ///
    /// - Parameter codes: Shape `[positions, vocabulary.count]`; each of them was counted.
    /// - Returns: -Σ log₂ f over the codes, divided by the positions.
    public func bitsPerPosition(of codes: [Int32]) -> Double {
        let totals = counts.map { Double($0.reduce(0, +)) }
        var bits = 0.0
        for (index, code) in codes.enumerated() {
            let slot = index % vocabulary.count
            bits -= log2(Double(counts[slot][Int(code)]) / totals[slot])
        }
        return bits * Double(vocabulary.count) / Double(max(codes.count, 1))
    }
}

/// The number of bits that tokens spend on a pixel: positions · Σ log₂ vocabulary / (H · W).
///
/// - Parameters:
///   - positionCount: The number of positions of the grid.
///   - vocabulary: The number of codes of each slot.
///   - height: The height of the picture in pixels, at least 1.
///   - width: The width of the picture in pixels, at least 1.
/// - Returns: Bits per pixel of all three channels together.
public func bitsPerPixel(
    positionCount: Int, vocabulary: [Int], height: Int, width: Int
) -> Double {
    precondition(height >= 1 && width >= 1, "A picture has pixels, but got \(height) x \(width)")
    let bits = vocabulary.reduce(0.0) { $0 + log2(Double($1)) }
    return Double(positionCount) * bits / Double(height * width)
}
