public import TesseraCheckpoint
public import TesseraTensor

/// How differently two pictures look to SqueezeNet: 0 for equal ones, 2 at the very most.
///
/// The squared distance of the features' unit vectors, averaged over the positions of a tap and then over
/// the taps with equal weights. It is in the manner of R. Zhang et al., "The Unreasonable Effectiveness
/// of Deep Features as a Perceptual Metric", CVPR 2018, without the weights that were learned there from
/// people's judgements: **it is not LPIPS**, and its values say nothing beside LPIPS's. At equal squared
/// error it ranks blur as worse than noise, and noise as worse than a change of brightness.
///
/// `Training/tessera_training/losses.py` has the same distance as a loss.
public struct PerceptualDistance: Sendable {
    /// The network.
    public let features: SqueezeNetFeatures

    /// The number of rows of a picture that are compared at once; a multiple of the widest spacing.
    let bandHeight: Int

    /// Loads the network.
    ///
    /// - Parameter path: A safetensors file, as ``SqueezeNetFeatures/init(from:)`` describes it.
    /// - Throws: ``CheckpointError`` if it is not one.
    public init(contentsOf path: String) throws(CheckpointError) {
        self.init(try SqueezeNetFeatures(from: try SafetensorsFile(path: path)))
    }

    /// Measures with a network.
    ///
    /// - Parameters:
    ///   - features: The network.
    ///   - bandHeight: The number of rows that are compared at once, a multiple of 16; the result does
    ///     not depend on it, memory does.
    public init(_ features: SqueezeNetFeatures, bandHeight: Int = 512) {
        precondition(
            bandHeight > 0 && bandHeight % 16 == 0,
            "A band has a multiple of 16 rows, but got \(bandHeight)")
        self.features = features
        self.bandHeight = bandHeight
    }

    /// Measures two pictures of one size, band by band, so that large ones need little memory.
    ///
    /// - Parameters:
    ///   - height: The height of the pictures.
    ///   - width: The width of the pictures.
    ///   - rows: Gives some rows of both, shape `[1, rows, width, 3]`, values in [-1, 1].
    /// - Returns: The distance, or `nil` if a side is below ``SqueezeNetFeatures/minimumSide``.
    public func callAsFunction(
        height: Int, width: Int,
        rows: (Range<Int>) -> (Tensor<Float>, Tensor<Float>)
    ) -> Double? {
        guard min(height, width) >= SqueezeNetFeatures.minimumSide else { return nil }
        var sums = [Double](repeating: 0, count: SqueezeNetFeatures.taps.count)
        var counts = [Int](repeating: 0, count: sums.count)
        var top = 0
        while top < height {
            // What is left must not be too little to have features of its own.
            let isLast = height - top < bandHeight + SqueezeNetFeatures.receptiveField
            let end = isLast ? height : top + bandHeight
            let first = max(top - SqueezeNetFeatures.receptiveField, 0)
            let (a, b) = rows(first ..< (isLast ? height : end + SqueezeNetFeatures.receptiveField))
            for (tap, features) in zip(features(a), features(b)).enumerated() {
                let spacing = SqueezeNetFeatures.spacings[tap]
                let begin = (top - first) / spacing
                let stop = isLast ? features.0.shape[1] : (end - first) / spacing
                sums[tap] += squaredDistance(features.0, features.1, rows: begin ..< stop)
                counts[tap] += (stop - begin) * features.0.shape[2]
            }
            top = end
        }
        let means = zip(sums, counts).map { $0 / Double($1) }
        return means.reduce(0, +) / Double(means.count)
    }

    /// Measures two pictures of one size.
    ///
    /// - Parameters:
    ///   - a: Shape `[1, H, W, 3]`, values in [-1, 1].
    ///   - b: The same.
    /// - Returns: The distance, or `nil` if a side is below ``SqueezeNetFeatures/minimumSide``.
    public func callAsFunction(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double? {
        precondition(a.shape == b.shape, "Pictures of \(a.shape) and \(b.shape) cannot be compared")
        let (height, width) = (a.shape[1], a.shape[2])
        return PerceptualDistance(features, bandHeight: (height / 16 + 1) * 16)(
            height: height, width: width, rows: { _ in (a, b) })
    }
}

/// The sum of the squared differences of some rows of positions.
private func squaredDistance(
    _ a: Tensor<Float>, _ b: Tensor<Float>, rows: Range<Int>
) -> Double {
    let rowCount = a.shape[2] * a.shape[3]
    return a.withUnsafeBuffer { a in
        b.withUnsafeBuffer { b in
            var sum = 0.0
            for row in rows {
                var part: Float = 0
                for i in row * rowCount ..< (row + 1) * rowCount {
                    part += (a[i] - b[i]) * (a[i] - b[i])
                }
                sum += Double(part)
            }
            return sum
        }
    }
}
