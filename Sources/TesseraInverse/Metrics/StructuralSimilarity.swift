import Glibc
public import TesseraTensor

/// The structural similarity of two pictures, 1 if they are equal.
///
/// Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, "Image Quality Assessment: From Error
/// Visibility to Structural Similarity", IEEE Transactions on Image Processing, 2004: Gaussian window
/// of 11 × 11 pixels with σ = 1.5, K₁ = 0.01, K₂ = 0.03, variances divided by the sum of weights.
/// Both pictures are first rounded to 8 bits; channels are averaged; windows lie wholly inside.
/// Equals scikit-image's `structural_similarity` with `gaussian_weights=True`, `sigma=1.5`,
/// `use_sample_covariance=False`, `data_range=255` and `channel_axis=-1`.
///
/// **Edge cases:** a picture that is smaller than the window on a side has no similarity.
///
/// - Parameters:
///   - pixels: A picture of shape `[1, H, W, C]`, values in [-1, 1]; others are clamped.
///   - reference: The picture it is held against, of the same shape.
/// - Returns: The mean over windows and channels, in [-1, 1], or `nil` if no window fits.
public func structuralSimilarity(
    of pixels: Tensor<Float>, comparedTo reference: Tensor<Float>
) -> Double? {
    precondition(
        pixels.shape == reference.shape && pixels.shape.count == 4 && pixels.shape[0] == 1,
        "A similarity needs two pictures [1, H, W, C], but got \(pixels.shape) and "
            + "\(reference.shape)")
    let window = GaussianWindow(height: pixels.shape[1], width: pixels.shape[2] * pixels.shape[3])
    let (x, y) = (levels(of: pixels), levels(of: reference))
    let stride = pixels.shape[3]
    guard
        let meanX = window.mean(of: x, stride: stride),
        let meanY = window.mean(of: y, stride: stride),
        let meanXX = window.mean(of: zip(x, x).map(*), stride: stride),
        let meanYY = window.mean(of: zip(y, y).map(*), stride: stride),
        let meanXY = window.mean(of: zip(x, y).map(*), stride: stride)
    else { return nil }
    let (c1, c2) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
    var sum = 0.0
    for i in meanX.indices {
        let (mx, my) = (meanX[i], meanY[i])
        let luminance = (2 * mx * my + c1) / (mx * mx + my * my + c1)
        let covariance = meanXY[i] - mx * my
        let variances = meanXX[i] - mx * mx + meanYY[i] - my * my
        sum += luminance * (2 * covariance + c2) / (variances + c2)
    }
    return sum / Double(meanX.count)
}

/// A Gaussian mean over 11 × 11 pixels, at every place where the window lies inside.
private struct GaussianWindow {
    /// The number of rows.
    let height: Int

    /// The number of values of a row, all channels together.
    let width: Int

    private let weights: [Double] = {
        let raw = (-5 ... 5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }()

    init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// The weighted means of values, with channels `stride` apart, or `nil` if no window fits.
    func mean(of values: [Double], stride: Int) -> [Double]? {
        let rows = height - weights.count + 1
        let columns = width - (weights.count - 1) * stride
        guard rows > 0 && columns > 0 else { return nil }
        var tall = [Double](repeating: 0, count: rows * width)
        for (tap, weight) in weights.enumerated() {
            for i in tall.indices { tall[i] += weight * values[i + tap * width] }
        }
        var means = [Double](repeating: 0, count: rows * columns)
        for row in 0 ..< rows {
            for (tap, weight) in weights.enumerated() {
                let start = row * width + tap * stride
                for i in 0 ..< columns { means[row * columns + i] += weight * tall[start + i] }
            }
        }
        return means
    }
}
