/// Counts the values of one channel in bins that widen as values come.
///
/// The bins cover [-R, R) with R a power of 2 that doubles whenever a value falls outside: two
/// neighbouring bins then become one. Counts are exact, memory is fixed, and the order in which
/// values come does not matter. Each bin also keeps the sum of its values, so that means of whole
/// bins are exact.
struct ChannelHistogram: Sendable {
    static let binCount = 4096

    /// The number of values in each bin.
    private(set) var counts = [Int](repeating: 0, count: binCount)

    /// The sum of the values in each bin.
    private(set) var sums = [Double](repeating: 0, count: binCount)

    private var sumOfSquares = 0.0

    /// R.
    ///
    /// It begins small, so that what widens it is the data.
    private var radius = 1.0 / 1024

    /// Counts one finite value.
    mutating func add(_ value: Float) {
        precondition(value.isFinite, "A latent holds numbers, but got \(value)")
        let value = Double(value)
        while value < -radius || value >= radius { widen() }
        let place = (value + radius) / (2 * radius) * Double(ChannelHistogram.binCount)
        // The quotient may round up to the end.
        let bin = min(Int(place), ChannelHistogram.binCount - 1)
        counts[bin] += 1
        sums[bin] += value
        sumOfSquares += value * value
    }

    /// The number of values.
    var count: Int { counts.reduce(0, +) }

    /// The mean of the values.
    var mean: Double { sums.reduce(0, +) / Double(count) }

    /// The standard deviation of the values, with the divisor n.
    var standardDeviation: Double {
        max(sumOfSquares / Double(count) - mean * mean, 0).squareRoot()
    }

    /// The bins that hold values: how many, and their mean, rising.
    var points: [(count: Int, mean: Double)] {
        counts.indices.compactMap { bin in
            counts[bin] > 0 ? (counts[bin], sums[bin] / Double(counts[bin])) : nil
        }
    }

    /// Doubles the radius: bin b of the old becomes part of bin (b + binCount / 2) / 2.
    private mutating func widen() {
        let quarter = ChannelHistogram.binCount / 4
        var wideCounts = [Int](repeating: 0, count: ChannelHistogram.binCount)
        var wideSums = [Double](repeating: 0, count: ChannelHistogram.binCount)
        for bin in counts.indices {
            wideCounts[quarter + bin / 2] += counts[bin]
            wideSums[quarter + bin / 2] += sums[bin]
        }
        counts = wideCounts
        sums = wideSums
        radius *= 2
    }
}
