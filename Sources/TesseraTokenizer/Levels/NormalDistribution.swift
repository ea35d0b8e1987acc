import Glibc

/// The standard normal distribution, as far as placing levels needs it.
enum NormalDistribution {
    /// Where the distribution is cut, in standard deviations.
    static let cut = 3.0

    /// The means of cells of equal probability of the distribution cut at ±``cut``.
    ///
    /// The borders are the quantiles i / count, the outermost moved to the cut; a level is the mean
    /// of the truncated distribution between two borders a < b, (φ(a) - φ(b)) / (Φ(b) - Φ(a)).
    ///
    /// - Parameter count: The number of levels.
    /// - Returns: Rising levels, symmetric about 0.
    static func levels(_ count: Int) -> [Double] {
        let borders = (0 ... count).map { index in
            min(max(quantile(Double(index) / Double(count)), -cut), cut)
        }
        return zip(borders, borders.dropFirst()).map { a, b in
            (density(a) - density(b)) / (probability(below: b) - probability(below: a))
        }
    }

    static func density(_ x: Double) -> Double {
        exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }

    static func probability(below x: Double) -> Double {
        erfc(-x / 2.0.squareRoot()) / 2
    }

    /// The value with a given probability below it, to the last bits, by halving [-10, 10].
    static func quantile(_ probability: Double) -> Double {
        var low = -10.0
        var high = 10.0
        while true {
            let middle = (low + high) / 2
            guard middle > low && middle < high else { return middle }
            if NormalDistribution.probability(below: middle) < probability {
                low = middle
            } else {
                high = middle
            }
        }
    }
}
