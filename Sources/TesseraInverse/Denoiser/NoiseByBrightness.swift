import Glibc
package import TesseraTensor

/// Noise whose variance is a linear function of the brightness.
///
/// A sensor counts photons, so that bright places have more of it, and its electronics add the same everywhere:
/// A. Foi, M. Trimeche, V. Katkovnik and K. Egiazarian, "Practical Poissonian-Gaussian Noise Modeling and Fitting for
/// Single-Image Raw-Data", TIP 2008.
public struct NoiseByBrightness: Hashable, Sendable {
    /// The variance at the middle of the range, 0, in units of [-1, 1] squared.
    public let middle: Double

    /// How much the variance grows with each unit of brightness.
    public let slope: Double

    /// The least variance that counts.
    private let least: Double

    /// Brightness must differ by so much for its noise to be told apart.
    private static let leastRange = 0.3

    /// Deviations that differ less between the darkest and the brightest places are taken for equal.
    private static let leastRatio = 1.4

    /// A deviation may be so far from what the line says, in parts of that.
    private static let largestMisfit = 0.25

    /// Makes noise of known variances.
    ///
    /// - Parameters:
    ///   - middle: The variance at the middle of the range.
    ///   - slope: How much it grows with each unit of brightness.
    public init(middle: Double, slope: Double) {
        self.middle = middle
        self.slope = slope
        least = middle / 100
    }

    /// Fits deviations that were measured at several brightnesses, the darkest first.
    ///
    /// - Returns: `nil` if they do not differ, or not as a line does.
    init?(fitting measured: [(brightness: Double, deviation: Double)]) {
        guard let first = measured.first, let last = measured.last,
            last.brightness - first.brightness >= Self.leastRange,
            measured.allSatisfy({ $0.deviation > 0 })
        else { return nil }
        // A measured variance is uncertain by a share of itself.
        var (weights, sums) = (0.0, (x: 0.0, y: 0.0, xx: 0.0, xy: 0.0))
        for (x, deviation) in measured {
            let y = deviation * deviation
            let weight = 1 / (y * y)
            weights += weight
            sums = (
                sums.x + weight * x, sums.y + weight * y, sums.xx + weight * x * x,
                sums.xy + weight * x * y
            )
        }
        let spread = weights * sums.xx - sums.x * sums.x
        guard spread > 0 else { return nil }
        let slope = (weights * sums.xy - sums.x * sums.y) / spread
        self.init(middle: (sums.y - slope * sums.x) / weights, slope: slope)
        let ends = [deviation(at: first.brightness), deviation(at: last.brightness)].sorted()
        let isLine = measured.allSatisfy {
            abs($0.deviation / deviation(at: $0.brightness) - 1) < Self.largestMisfit
        }
        guard middle > 0, isLine, ends[1] > Self.leastRatio * ends[0] else { return nil }
    }

    /// The standard deviation of the noise.
    ///
    /// - Parameter brightness: The mean of a pixel's channels, in [-1, 1].
    /// - Returns: The deviation in the same units.
    public func deviation(at brightness: Double) -> Double {
        max(middle + slope * brightness, least).squareRoot()
    }
}

/// A denoiser that is told more noise where an image is brighter, or darker.
///
/// A first look, told the same deviation everywhere, finds how bright places are.
package struct BrightnessDenoiser: PixelDenoiser {
    private let denoiser: any PixelDenoiser
    private let noise: NoiseByBrightness

    /// Makes a denoiser of another.
    ///
    /// - Parameters:
    ///   - denoiser: One that is told the deviation of each pixel.
    ///   - noise: What the noise depends on.
    package init(_ denoiser: any PixelDenoiser, for noise: NoiseByBrightness) {
        self.denoiser = denoiser
        self.noise = noise
    }

    package var sharpener: (any PixelDenoiser)? { denoiser.sharpener }

    package func network(trainedFor degradation: TrainedDegradation) -> (any PixelDenoiser)? {
        denoiser.network(trainedFor: degradation)
    }

    package func denoised(
        _ pixels: Tensor<Float>, deviations: Tensor<Float>
    ) -> Tensor<Float> {
        let plain = denoiser.denoised(pixels, deviations: deviations)
        let levels = plain.withUnsafeBuffer { values in
            Tensor<Float>(shape: deviations.shape) { levels in
                for pixel in 0 ..< levels.count {
                    let colours = values[3 * pixel ..< 3 * pixel + 3]
                    let brightness = Double(colours.reduce(0, +)) / 3
                    levels.initializeElement(
                        at: pixel,
                        to: Float(noise.deviation(at: min(max(brightness, -1), 1))))
                }
            }
        }
        return denoiser.denoised(pixels, deviations: levels)
    }
}
