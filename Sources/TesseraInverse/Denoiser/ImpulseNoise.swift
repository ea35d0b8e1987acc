public import TesseraTensor

/// Salt and pepper: values that a fault has set to the ends of the range.
///
/// Black or white pixels on their own are rare in photographs: none of 128 that were looked at has 0.06 % of them, or
/// 0.02 % of each kind. Where there are more of both, every end of the range that stands out from the median of
/// its surroundings is taken for one (adaptive median filters: H. Hwang and R. A. Haddad, TIP 1995). What impulses have
/// replaced is missing, so a recovery treats them as a hole.
public struct ImpulseNoise: Sendable {
    /// The pixels of which a channel is an impulse.
    public let mask: PixelMask

    /// Values beyond are at an end of the range.
    private static let end: Float = 0.995

    /// The least part of values that stand alone, and the least part at either end.
    private static let (leastShare, leastShareOfEnd) = (0.001, 0.0003)

    /// Values that differ by less are alike, in the search for those that stand alone, and beside a median.
    private static let (alikeAlone, alikeMedian): (Float, Float) = (0.3, 0.2)

    /// Where the ends begin to be near, and the largest part of what stands out that may be near, not at an end.
    ///
    /// Strong noise that is cut off has much there, impulses hardly any.
    private static let (near, largestNearShare): (Float, Double) = (0.85, 0.05)

    /// What stands out is so many deviations of its surroundings away from their median.
    ///
    /// Strong noise that is cut off is not. Once there are impulses for certain, nearer ones count too.
    private static let deviationsAway: Float = 3.5

    /// An end that so many of its surroundings are at is an area, not impulses.
    private static let largestArea = 0.6

    /// Looks for impulses; `nil` if there are too few to tell.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1].
    public init?(in pixels: Tensor<Float>) {
        let (height, width) = (pixels.shape[1], pixels.shape[2])
        let isHole: [Bool]? = pixels.withUnsafeBuffer { values in
            let surroundings = Surroundings(values: values, height: height, width: width)
            func standsOut(_ place: Int, by deviations: Float) -> Bool {
                Self.standsOut(
                    values[place], among: surroundings.values(around: place, radius: 2),
                    by: deviations)
            }
            func isAlone(_ place: Int) -> Bool {
                surroundings.likeCount(of: place, within: Self.alikeAlone) <= 1
                    && standsOut(place, by: Self.deviationsAway)
            }
            let extreme = values.indices.filter { values[$0].magnitude >= Self.near }
            let alone = extreme.filter(isAlone)
            let impulses = alone.filter { values[$0].magnitude >= Self.end }
            let share = { (count: Int) in Double(count) / Double(values.count) }
            let darkCount = impulses.count { values[$0] < 0 }
            guard share(impulses.count) >= Self.leastShare,
                share(min(darkCount, impulses.count - darkCount)) >= Self.leastShareOfEnd,
                Double(alone.count - impulses.count)
                    <= Self.largestNearShare * Double(impulses.count)
            else { return nil }
            var isHole = [Bool](repeating: false, count: height * width)
            for place in extreme where !isHole[place / 3] && values[place].magnitude >= Self.end {
                // All neighbours at the same end are an area.
                isHole[place / 3] =
                    surroundings.likeCount(of: place, within: 1 - Self.end) < 8
                    && standsOut(place, by: 0)
            }
            return isHole
        }
        guard let isHole else { return nil }
        mask = PixelMask(height: height, width: width, isHole: isHole)
    }

    /// Whether a value at an end of the range is unlike its surroundings, by so many of their deviations or more.
    private static func standsOut(
        _ value: Float, among around: [Float], by deviationsAway: Float
    ) -> Bool {
        let sameEnd = around.count { $0.magnitude >= end && ($0 < 0) == (value < 0) }
        guard Double(sameEnd) < largestArea * Double(around.count) else { return false }
        let others = around.filter { $0.magnitude < end }.sorted()
        guard !others.isEmpty else { return true }
        let median = others[others.count / 2]
        let deviations = others.map { ($0 - median).magnitude }.sorted()
        // The median of the absolute values of a normal variable is 0.674 of its deviation.
        let deviation = deviations[deviations.count / 2] / 0.674
        return (median - value).magnitude >= max(alikeMedian, deviationsAway * deviation)
    }

    /// The values of a channel around places.
    private struct Surroundings {
        let values: UnsafeBufferPointer<Float>
        let height: Int
        let width: Int

        func values(around place: Int, radius: Int) -> [Float] {
            var found: [Float] = []
            found.reserveCapacity((2 * radius + 1) * (2 * radius + 1) - 1)
            forEach(around: place, radius: radius) { found.append($0) }
            return found
        }

        /// How many of the eight neighbours differ by less; this is asked of whole skies and pages.
        func likeCount(of place: Int, within difference: Float) -> Int {
            var count = 0
            forEach(around: place, radius: 1) {
                if ($0 - values[place]).magnitude < difference { count += 1 }
            }
            return count
        }

        @inline(__always)
        private func forEach(around place: Int, radius: Int, _ body: (Float) -> Void) {
            let (pixel, channel) = (place / 3, place % 3)
            let (row, column) = (pixel / width, pixel % width)
            for y in max(row - radius, 0) ... min(row + radius, height - 1) {
                for x in max(column - radius, 0) ... min(column + radius, width - 1)
                where y != row || x != column {
                    body(values[(y * width + x) * 3 + channel])
                }
            }
        }
    }
}
