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

    /// σ where noise shows at all: luma's, if colours have less than a quarter of it, as in gray pictures and in most
    /// JPEGs, and else what they have in common.
    public var shown: Double { common < luma / 4 ? luma : common }

    /// How the noise depends on the brightness, as a sensor's does; `nil` where it is the same everywhere, or the
    /// picture does not tell.
    public let byBrightness: NoiseByBrightness?

    /// The part of the squares that noise is measured in.
    private static let quietPart = 0.05

    /// The fewest squares that noise is measured in, if there are as many.
    private static let leastCount = 32

    /// The most squares that are looked at; their places are a grid.
    private static let mostCount = 8192

    /// Values beyond are taken for saturated: noise is cut off there.
    private static let largestValue: Float = 0.995

    /// The least part of a deviation that can be measured.
    private static let leastRemainder = 0.1

    /// Squares of which more is saturated are left out.
    private static let mostSaturated = 0.6

    /// Squares whose means are so many deviations of the noise away from the ends of the range are preferred.
    private static let marginInNoises = 2.0

    /// Less is not seen as grain.
    private static let leastGrain = 0.04

    /// White noise has half its deviation at half the size, and grain more than it had.
    private static let grainRatio = 1.0

    /// The number of parts of the range of brightness.
    private static let groupCount = 5

    /// Frequencies u and v are high from this sum on.
    private static let firstHighSum = 9

    /// Measures the noise of a picture of shape `[1, H, W, 3]` in [-1, 1].
    ///
    /// **Edge cases:** 0 for a picture without a square of 8 × 8 pixels.
    public init(of picture: Tensor<Float>) {
        let (height, width) = (picture.shape[1], picture.shape[2])
        guard height >= 8 && width >= 8 else {
            (luma, common, byBrightness) = (0, 0, nil)
            return
        }
        var step = 1
        while ((height - 8) / step + 1) * ((width - 8) / step + 1) > Self.mostCount { step += 1 }
        let places = stride(from: 0, through: height - 8, by: step).flatMap { top in
            stride(from: 0, through: width - 8, by: step).map { top * width + $0 }
        }
        let planes = CosinePlanes(of: picture)
        let ranges = places.map { SquareRange(of: picture, at: $0) }
        let spectra = (0 ..< 3).map { channel in
            let plane = planes.plane(channel)
            return places.map { place in
                CosineBlock.coefficients(
                    of: (0 ..< 64).map { plane[place + $0 / 8 * width + $0 % 8] })
            }
        }
        func deviations(of squares: [Int]) -> [Double] {
            spectra.map { Self.deviation(of: $0, ranges, squares: squares) }
        }
        // Squares that are all but black or white show no noise.
        var squares = ranges.indices.filter { ranges[$0].saturatedShare < Self.mostSaturated }
        if squares.isEmpty { squares = Array(ranges.indices) }
        var found = deviations(of: squares)
        let margin = Float(Self.marginInNoises * found.sorted()[1])
        let central = squares.filter { ranges[$0].distanceFromEnds > margin }
        if central.count >= 2 * Self.leastCount && central.count < squares.count {
            found = deviations(of: central)
        }
        luma = found[0] / planes.noiseGain
        common = found.sorted()[1]
        // Where luma alone shows noise it is measured there.
        let (channels, gain) =
            common < luma / 4 ? ([0], planes.noiseGain) : ([0, 1, 2], 1)
        let brightness = spectra[0].map { Double($0[0]) / 8 / 3.0.squareRoot() }
        byBrightness = NoiseByBrightness(
            fitting: Self.groups(of: squares, by: brightness).map { group in
                let found = channels.map {
                    Self.deviation(of: spectra[$0], ranges, squares: group) / gain
                }
                return (
                    brightness: brightness[group[group.count / 2]],
                    deviation: found.sorted()[found.count / 2]
                )
            })
    }

    /// The noise of the picture at half its size, where it is more than white noise leaves there.
    ///
    /// The mean of four pixels has half the deviation of white noise; of grain, which is alike in neighbours, it keeps
    /// more. Fine texture does too, so nothing but the word can come of it.
    ///
    /// - Parameter picture: The picture that was measured.
    /// - Returns: The standard deviation at half the size, or `nil` if that is no more than white noise has.
    public func grain(of picture: Tensor<Float>) -> Double? {
        let halving = AveragePooling(factor: 2, height: picture.shape[1], width: picture.shape[2])
        let half = NoiseEstimate(of: halving.apply(to: picture)).shown
        return half > Self.leastGrain && half > Self.grainRatio * shown ? half : nil
    }

    /// Squares of like brightness, the darkest first; none if there are too few.
    private static func groups(of squares: [Int], by brightness: [Double]) -> [[Int]] {
        let side = squares.count / groupCount
        guard side >= 8 * leastCount else { return [] }
        let sorted = squares.sorted { (brightness[$0], $0) < (brightness[$1], $1) }
        return (0 ..< groupCount).map { Array(sorted[$0 * side ..< ($0 + 1) * side]) }
    }

    /// Measures the noise in the quietest of some squares, of which a part may be cut off.
    private static func deviation(
        of spectra: [[Float]], _ ranges: [SquareRange], squares: [Int]
    ) -> Double {
        let high = (0 ..< 64).filter { $0 / 8 + $0 % 8 >= firstHighSum }
        let low = (1 ..< 64).filter { $0 / 8 + $0 % 8 < firstHighSum }
        let energies = squares.map { square in
            low.reduce(0) { $0 + spectra[square][$1] * spectra[square][$1] }
        }
        let count = max(Int(quietPart * Double(squares.count)), min(leastCount, squares.count))
        let quiet = squares.indices.sorted { energies[$0] < energies[$1] }.prefix(count)
            .map { squares[$0] }
        let variances = high.map { index in
            quiet.reduce(0) { $0 + Double(spectra[$1][index] * spectra[$1][index]) }
                / Double(count)
        }
        let remainder = CensoredNormal(
            below: quiet.reduce(0) { $0 + ranges[$1].lowShare } / Double(count),
            above: quiet.reduce(0) { $0 + ranges[$1].highShare } / Double(count)
        ).deviation
        // Of squares that are wholly saturated nothing is left to be measured.
        guard remainder > leastRemainder else { return 0 }
        return variances.sorted()[variances.count / 2].squareRoot() / remainder
    }

    /// What the values of a square of 8 × 8 pixels have to do with the ends of the range of pixels.
    private struct SquareRange {
        /// The parts of the values at the lower and the upper end.
        let (lowShare, highShare): (Double, Double)

        /// The least distance of a channel's mean from an end.
        let distanceFromEnds: Float

        var saturatedShare: Double { lowShare + highShare }

        init(of picture: Tensor<Float>, at place: Int) {
            let width = picture.shape[2]
            var (low, high) = (0, 0)
            var sums: (Float, Float, Float) = (0, 0, 0)
            picture.withUnsafeBuffer { values in
                for row in 0 ..< 8 {
                    for pixel in place + row * width ..< place + row * width + 8 {
                        let (red, green, blue) = (
                            values[3 * pixel], values[3 * pixel + 1], values[3 * pixel + 2]
                        )
                        for value in [red, green, blue] {
                            if value <= -largestValue { low += 1 }
                            if value >= largestValue { high += 1 }
                        }
                        sums = (sums.0 + red, sums.1 + green, sums.2 + blue)
                    }
                }
            }
            (lowShare, highShare) = (Double(low) / 192, Double(high) / 192)
            let farthest = max(sums.0.magnitude, sums.1.magnitude, sums.2.magnitude) / 64
            distanceFromEnds = 1 - farthest
        }
    }
}
