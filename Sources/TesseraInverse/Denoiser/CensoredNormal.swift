import Glibc

/// A standard normal variable that is cut off at two values, as noise is by the range of pixels.
package struct CensoredNormal {
    /// Where it is cut off; infinite for nowhere.
    private let (low, high): (Double, Double)

    /// Describes a variable by how often it is cut off.
    ///
    /// - Parameters:
    ///   - below: The probability of the lower end, at least 0.
    ///   - above: The probability of the upper end; the two are less than 1 together.
    package init(below: Double, above: Double) {
        low = below > 0 ? Self.quantile(below) : -.infinity
        high = above > 0 ? -Self.quantile(above) : .infinity
    }

    /// The standard deviation, from 0 to 1.
    package var deviation: Double {
        let (below, above) = (Self.probability(low), 1 - Self.probability(high))
        func moment(_ place: Double) -> Double { place.isFinite ? place * Self.density(place) : 0 }
        func atEnds(_ value: (Double) -> Double) -> Double {
            (below > 0 ? below * value(low) : 0) + (above > 0 ? above * value(high) : 0)
        }
        let mean = Self.density(low) - Self.density(high) + atEnds { $0 }
        let square = 1 - below - above + moment(low) - moment(high) + atEnds { $0 * $0 }
        return max(square - mean * mean, 0).squareRoot()
    }

    private static func density(_ x: Double) -> Double {
        exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }

    private static func probability(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The value that is not reached with a probability, by halving.
    private static func quantile(_ share: Double) -> Double {
        var (low, high) = (-40.0, 40.0)
        for _ in 0 ..< 60 {
            let middle = (low + high) / 2
            if probability(middle) < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
