public import TesseraTensor

/// The standard deviation of the noise in a picture, judged by its finest differences.
///
/// The median magnitude of the diagonal Haar coefficients (a - b - c + d) / 2 of all squares of 2 × 2
/// pixels, over 0.6745: half of the differences are small in a photograph, so edges and texture hardly
/// count. D. Donoho and I. Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika, 1994.
///
/// **Edge cases:** 0 for a picture without such a square. Fine texture counts as noise: photographs
/// without noise come to about 0.01.
///
/// - Parameter measurement: A picture of shape `[1, H, W, C]`.
/// - Returns: σ in the picture's units.
public func estimatedNoise(in measurement: Tensor<Float>) -> Double {
    let (height, width, channels) = (
        measurement.shape[1], measurement.shape[2], measurement.shape[3]
    )
    var magnitudes: [Float] = []
    measurement.withUnsafeBuffer { values in
        for y in stride(from: 0, to: height - 1, by: 2) {
            for x in stride(from: 0, to: width - 1, by: 2) {
                for first in (y * width + x) * channels ..< (y * width + x + 1) * channels {
                    let below = first + width * channels
                    magnitudes.append(
                        abs(
                            values[first] - values[first + channels] - values[below]
                                + values[below + channels]) / 2)
                }
            }
        }
    }
    magnitudes.sort()
    guard !magnitudes.isEmpty else { return 0 }
    return Double(magnitudes[magnitudes.count / 2]) / 0.6745
}
