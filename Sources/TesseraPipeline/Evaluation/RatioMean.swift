import Glibc

/// The mean of ratios of which 1 is right, and 2 and 1/2 are equally wrong.
public struct RatioMean: Hashable, Sendable {
    /// The geometric mean: errors either way cancel.
    public let geometricMean: Double

    /// The mean of |log₂|: by how many doublings or halvings a ratio is off.
    public let octaves: Double

    /// Averages ratios.
    ///
    /// - Parameter ratios: Numbers above 0, at least one.
    public init(_ ratios: [Double]) {
        precondition(!ratios.isEmpty, "No ratios have no mean")
        let logarithms = ratios.map { log2($0) }
        geometricMean = exp2(logarithms.reduce(0, +) / Double(ratios.count))
        octaves = logarithms.reduce(0) { $0 + abs($1) } / Double(ratios.count)
    }
}
