public import TesseraTensor

/// The standard deviation of the noise in a picture, as the picture itself tells it.
///
/// Texture is in low frequencies as well as in high ones, noise is in all alike. So among local cosine
/// transforms of 8 × 8 pixels those with the least energy in low frequencies are taken, which says nothing
/// about noise in the high ones, and the noise is measured there (N. Ponomarenko et al., "An automatic
/// approach to lossy compression of AVIRIS images", IGARSS 2007; M. Colom and A. Buades, IPOL 2013). That
/// is done for luma and for two differences of colours: a photograph has little texture in the
/// differences, and a sensor's noise as much as in luma.
public struct NoiseEstimate: Sendable {
    /// σ of luma, or of the channel of a gray picture, in the picture's units.
    ///
    /// Fine texture everywhere counts as noise: sharp photographs without noise come to 0.01, and a tenth
    /// of them to 0.04 and more.
    public let luma: Double

    /// σ of what luma and the differences of colours have in common, in the picture's units: the
    /// median of the three.
    ///
    /// Nine of ten photographs without noise come to less than 0.004; pictures whose colours were stored
    /// coarser, or that have none, come to nearly 0.
    public let common: Double

    /// The part of the squares that noise is measured in.
    private static let quietPart = 0.05

    /// The fewest squares that noise is measured in, if there are as many.
    private static let leastCount = 32

    /// The most squares that are looked at; their places are a grid.
    private static let mostCount = 8192

    /// Values beyond are taken for saturated: noise is cut off there.
    private static let largestValue: Float = 0.995

    /// What is left of a deviation where the mean is saturated: √(1/2 - 1/2π) of normal noise of which
    /// one half is cut off.
    private static let remainder = 0.584

    /// Frequencies u and v are high from this sum on.
    private static let firstHighSum = 9

    /// Measures the noise of a picture of shape `[1, H, W, 3]` in [-1, 1].
    ///
    /// **Edge cases:** 0 for a picture without a square of 8 × 8 pixels.
    public init(of picture: Tensor<Float>) {
        let (height, width) = (picture.shape[1], picture.shape[2])
        guard height >= 8 && width >= 8 else {
            (luma, common) = (0, 0)
            return
        }
        var step = 1
        while ((height - 8) / step + 1) * ((width - 8) / step + 1) > Self.mostCount { step += 1 }
        let places = stride(from: 0, through: height - 8, by: step).flatMap { top in
            stride(from: 0, through: width - 8, by: step).map { top * width + $0 }
        }
        let unsaturated = Self.unsaturated(places, of: picture)
        let isCutOff = unsaturated.count < 2 * Self.leastCount
        let squares = isCutOff ? places : unsaturated
        let planes = CosinePlanes(of: picture)
        let deviations = (0 ..< 3).map {
            Self.deviation(of: planes.plane($0), width: width, squares: squares)
                / (isCutOff ? Self.remainder : 1)
        }
        luma = deviations[0] / planes.noiseGain
        common = deviations.sorted()[1]
    }

    /// The places of squares without a saturated value.
    private static func unsaturated(_ places: [Int], of picture: Tensor<Float>) -> [Int] {
        let width = picture.shape[2]
        return picture.withUnsafeBuffer { values in
            places.filter { place in
                (0 ..< 8).allSatisfy { row in
                    let first = (place + row * width) * 3
                    return values[first ..< first + 24].allSatisfy { abs($0) < largestValue }
                }
            }
        }
    }

    /// Measures the noise of a plane in the quietest of its squares.
    private static func deviation(of plane: [Float], width: Int, squares: [Int]) -> Double {
        let spectra = squares.map { place in
            CosineBlock.coefficients(
                of: (0 ..< 64).map { plane[place + $0 / 8 * width + $0 % 8] })
        }
        let high = (0 ..< 64).filter { $0 / 8 + $0 % 8 >= firstHighSum }
        let low = (1 ..< 64).filter { $0 / 8 + $0 % 8 < firstHighSum }
        let energies = spectra.map { spectrum in
            low.reduce(0) { $0 + spectrum[$1] * spectrum[$1] }
        }
        let count = max(Int(quietPart * Double(squares.count)), min(leastCount, squares.count))
        let quiet = squares.indices.sorted { energies[$0] < energies[$1] }.prefix(count)
        let variances = high.map { index in
            quiet.reduce(0) { $0 + Double(spectra[$1][index] * spectra[$1][index]) } / Double(count)
        }
        return variances.sorted()[variances.count / 2].squareRoot()
    }
}
