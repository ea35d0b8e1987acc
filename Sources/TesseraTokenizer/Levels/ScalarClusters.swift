/// The best division of weighted points on a line into clusters.
///
/// Clusters of points on a line are intervals, so the least squared error of k clusters over the
/// first j points is min over i of that of k - 1 clusters over the first i points plus the error of
/// the points i ..< j as one cluster. The best i does not fall as j rises, and divide and conquer
/// finds all of them in O(n log n) a cluster (as in A. Grønlund et al., Fast Exact k-Means,
/// k-Medians and Bregman Divergence Clustering in 1D, 2017). The result is the global optimum, where
/// Lloyd's iteration may stop at a local one.
struct ScalarClusters {
    /// Sums over the first points: of weights, of weighted means, and of weighted squares.
    private var weights = [0.0]
    private var firstMoments = [0.0]
    private var secondMoments = [0.0]

    /// The means of the best clusters.
    ///
    /// - Parameters:
    ///   - points: Weights and places, rising, none of weight 0.
    ///   - count: The number of clusters.
    /// - Returns: Rising means, as many as there are clusters, or one a point if those are fewer.
    static func centres(of points: [(count: Int, mean: Double)], count: Int) -> [Double] {
        let clusters = ScalarClusters(points)
        let borders = clusters.borders(count: min(count, points.count), pointCount: points.count)
        return zip(borders, borders.dropFirst()).map { clusters.mean(of: $0 ..< $1) }
    }

    private init(_ points: [(count: Int, mean: Double)]) {
        for (index, point) in points.enumerated() {
            let weight = Double(point.count)
            weights.append(weights[index] + weight)
            firstMoments.append(firstMoments[index] + weight * point.mean)
            secondMoments.append(secondMoments[index] + weight * point.mean * point.mean)
        }
    }

    private func mean(of range: Range<Int>) -> Double {
        (firstMoments[range.upperBound] - firstMoments[range.lowerBound])
            / (weights[range.upperBound] - weights[range.lowerBound])
    }

    /// The squared error of points as one cluster.
    private func error(of range: Range<Int>) -> Double {
        guard range.count > 1 else { return 0 }
        let weight = weights[range.upperBound] - weights[range.lowerBound]
        let first = firstMoments[range.upperBound] - firstMoments[range.lowerBound]
        let second = secondMoments[range.upperBound] - secondMoments[range.lowerBound]
        return max(second - first * first / weight, 0)
    }

    /// Where clusters begin and end, `count + 1` indices from 0 to the number of points.
    private func borders(count: Int, pointCount: Int) -> [Int] {
        var errors = (0 ... pointCount).map { error(of: 0 ..< $0) }
        var starts: [[Int]] = []
        for clusters in stride(from: 2, through: count, by: 1) {
            var next = errors
            var start = [Int](repeating: 0, count: pointCount + 1)
            fill(
                clusters ... pointCount, from: clusters - 1 ... pointCount - 1, errors, &next,
                &start)
            errors = next
            starts.append(start)
        }
        var borders = [pointCount]
        for start in starts.reversed() { borders.append(start[borders[borders.count - 1]]) }
        borders.append(0)
        return borders.reversed()
    }

    /// Fills the best last start for each end, the middle one first.
    private func fill(
        _ ends: ClosedRange<Int>, from candidates: ClosedRange<Int>, _ errors: [Double],
        _ next: inout [Double], _ start: inout [Int]
    ) {
        let end = (ends.lowerBound + ends.upperBound) / 2
        var best = candidates.lowerBound
        var least = Double.infinity
        for candidate in candidates.lowerBound ... min(candidates.upperBound, end - 1) {
            let total = errors[candidate] + error(of: candidate ..< end)
            if total < least {
                least = total
                best = candidate
            }
        }
        next[end] = least
        start[end] = best
        if ends.lowerBound < end {
            fill(
                ends.lowerBound ... end - 1, from: candidates.lowerBound ... best, errors, &next,
                &start)
        }
        if end < ends.upperBound {
            fill(
                end + 1 ... ends.upperBound, from: best ... candidates.upperBound, errors, &next,
                &start)
        }
    }
}
