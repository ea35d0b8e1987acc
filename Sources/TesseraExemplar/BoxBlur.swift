import TesseraTensor

/// Blurs of interleaved channels that take a time that does not depend on their width.
///
/// Three means over boxes come near a Gaussian: P. Kovesi, "Fast Almost-Gaussian Filtering", DICTA 2010.
/// Beyond the border lies what lies at it.
package struct BoxBlur {
    /// How far each of the boxes reaches on both sides.
    private let halves: [Int]

    /// Makes a blur.
    ///
    /// - Parameter standardDeviation: Of the Gaussian, in pixels.
    package init(standardDeviation: Float) {
        let variance = 12 * standardDeviation * standardDeviation
        let ideal = (variance / 3 + 1).squareRoot()
        let narrow = max(Int((ideal - 1) / 2), 0)
        let width = Float(2 * narrow + 1)
        let narrowCount = Int(
            ((variance - 3 * width * width - 12 * width - 9) / (-4 * width - 4)).rounded())
        halves = (0 ..< 3).map { $0 < narrowCount ? narrow : narrow + 1 }
    }

    /// Blurs values of shape `[height, width, channels]` in place.
    package func apply(to plane: Plane<Float>, height: Int, width: Int, channels: Int) {
        let other = Plane<Float>(count: plane.count, repeating: 0)
        let row = width * channels
        for half in halves where half > 0 {
            ThreadPool.run(over: height, by: 16) { rows in
                for y in rows {
                    BoxBlur.means(
                        of: plane.values + y * row, in: other.values + y * row, length: width,
                        stride: channels, lanes: 0 ..< channels, half: half)
                }
            }
            ThreadPool.run(over: row, by: 256) { lanes in
                BoxBlur.means(
                    of: other.values, in: plane.values, length: height, stride: row, lanes: lanes,
                    half: half)
            }
        }
    }

    /// The means over boxes along several lines side by side.
    private static func means(
        of source: UnsafeMutablePointer<Float>, in result: UnsafeMutablePointer<Float>,
        length: Int, stride: Int, lanes: Range<Int>, half: Int
    ) {
        let scale = 1 / Double(2 * half + 1)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: lanes.count) { sums in
            func add(_ place: Int, _ sign: Double) {
                let row = source + min(max(place, 0), length - 1) * stride + lanes.lowerBound
                for lane in 0 ..< lanes.count { sums[lane] += sign * Double(row[lane]) }
            }
            sums.initialize(repeating: 0)
            for place in -half - 1 ..< half { add(place, 1) }
            for place in 0 ..< length {
                let (new, old) = (
                    source + min(place + half, length - 1) * stride + lanes.lowerBound,
                    source + max(place - half - 1, 0) * stride + lanes.lowerBound
                )
                let target = result + place * stride + lanes.lowerBound
                for lane in 0 ..< lanes.count {
                    sums[lane] += Double(new[lane]) - Double(old[lane])
                    target[lane] = Float(sums[lane] * scale)
                }
            }
        }
    }
}
