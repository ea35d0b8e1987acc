import Glibc

/// What a point of light becomes in a blurred picture: weights around a middle that sum to 1.
public struct BlurKernel: Sendable, Hashable {
    /// The number of rows, odd.
    public let height: Int

    /// The number of columns, odd.
    public let width: Int

    /// The weights in reading order.
    ///
    /// Shape `[height, width]`.
    public let weights: [Float]

    /// The standard deviation of a kernel that was made as a Gaussian, in pixels; `nil` of others.
    public private(set) var deviation: Double?

    /// Makes a kernel and scales its weights to a sum of 1.
    ///
    /// - Parameters:
    ///   - height: The number of rows, odd.
    ///   - width: The number of columns, odd.
    ///   - weights: Finite numbers in reading order whose sum is above 0. Shape `[height, width]`.
    public init(height: Int, width: Int, weights: [Float]) {
        precondition(
            height % 2 == 1 && width % 2 == 1 && weights.count == height * width,
            "A kernel of \(height) x \(width) has a middle and got \(weights.count) weights")
        let sum = weights.reduce(0.0) { $0 + Double($1) }
        precondition(sum > 0 && sum.isFinite, "A kernel's weights have a positive sum, not \(sum)")
        self.height = height
        self.width = width
        self.weights = weights.map { Float(Double($0) / sum) }
    }

    /// Makes a Gaussian kernel.
    ///
    /// The weights are those of `scipy.ndimage.gaussian_filter` on a single point: they end at four
    /// standard deviations, rounded. So the kernel of 61 × 61 with a deviation of 3 that papers use has
    /// weights in 25 × 25 only.
    ///
    /// - Parameters:
    ///   - side: The number of rows and columns, odd.
    ///   - deviation: The standard deviation in pixels, above 0.
    /// - Returns: The kernel.
    public static func gaussian(side: Int, deviation: Double) -> BlurKernel {
        precondition(deviation > 0, "A Gaussian has a deviation above 0, but got \(deviation)")
        let reach = Int(4 * deviation + 0.5)
        let line = (0 ..< side).map { place in
            let distance = place - side / 2
            return abs(distance) > reach
                ? 0 : exp(-0.5 * Double(distance * distance) / (deviation * deviation))
        }
        var kernel = BlurKernel(
            height: side, width: side,
            weights: line.flatMap { row in line.map { Float(row * $0) } })
        kernel.deviation = deviation
        return kernel
    }

    /// The farthest row or column from the middle that has a weight.
    public var reach: Int {
        weights.indices.lazy.filter { weights[$0] != 0 }.map {
            max(abs($0 / width - height / 2), abs($0 % width - width / 2))
        }.max() ?? 0
    }

    /// The kernel as one row and one column whose product it is, if there are such.
    ///
    /// Because weights sum to 1, they can only be the sums of its rows and of its columns.
    var factors: (column: BlurKernel, row: BlurKernel)? {
        let rows = (0 ..< height).map { y in
            weights[y * width ..< (y + 1) * width].reduce(0, +)
        }
        let columns = (0 ..< width).map { x in
            stride(from: x, to: weights.count, by: width).reduce(0) { $0 + weights[$1] }
        }
        let largest = weights.map(\.magnitude).max() ?? 0
        // Rounding of sums of some hundred weights.
        let isProduct = weights.indices.allSatisfy {
            abs(weights[$0] - rows[$0 / width] * columns[$0 % width]) <= 1e-5 * largest
        }
        guard isProduct else { return nil }
        return (
            BlurKernel(height: height, width: 1, weights: rows),
            BlurKernel(height: 1, width: width, weights: columns)
        )
    }
}
