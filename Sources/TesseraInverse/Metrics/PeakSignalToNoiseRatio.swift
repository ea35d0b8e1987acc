import Glibc
public import TesseraTensor

/// The peak signal-to-noise ratio of two pictures in decibels, 10 log₁₀(255² / mean squared error).
///
/// Both pictures are first rounded to 8 bits, as they would be in a file; the error is averaged over
/// all pixels and channels.
///
/// **Edge cases:** equal pictures, after rounding, have an infinite ratio.
///
/// - Parameters:
///   - pixels: A picture, values in [-1, 1]; others are clamped.
///   - reference: The picture it is held against, of the same shape.
/// - Returns: The ratio in dB.
public func peakSignalToNoiseRatio(
    of pixels: Tensor<Float>, comparedTo reference: Tensor<Float>
) -> Double {
    precondition(
        pixels.shape == reference.shape && pixels.count > 0,
        "A ratio needs two pictures of one shape, but got \(pixels.shape) and \(reference.shape)")
    var sum = 0.0
    for (value, wanted) in zip(levels(of: pixels), levels(of: reference)) {
        sum += (value - wanted) * (value - wanted)
    }
    return 10 * log10(255 * 255 / (sum / Double(pixels.count)))
}

/// The values of a picture as an 8-bit file would hold them.
///
/// - Parameter pixels: Values in [-1, 1]; others are clamped.
/// - Returns: Whole numbers in 0 ... 255.
func levels(of pixels: Tensor<Float>) -> [Double] {
    pixels.withUnsafeBuffer { values in
        values.map { min(max(((Double($0) + 1) * 127.5).rounded(), 0), 255) }
    }
}
