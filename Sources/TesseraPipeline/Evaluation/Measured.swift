public import TesseraImage
public import TesseraInverse
public import TesseraPerception
public import TesseraTensor

/// What was measured of a picture.
public struct Measured: Sendable {
    /// The measurement, of the operator's measurement shape, not clamped.
    public let values: Tensor<Float>

    /// The operator.
    public let forwardOperator: any RecoverableOperator

    /// The standard deviation of the measurement's noise.
    public let noise: Double

    /// The picture that was measured.
    public let original: Image

    /// Whether the picture is reduced.
    private let isReduced: Bool

    /// Degrades a picture.
    ///
    /// A picture that is to be reduced is first cut to a multiple of the factor at its right and lower
    /// edges.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - degradation: What is done to it.
    ///   - random: The source of all choices and of the noise.
    init(_ image: Image, by degradation: Degradation, random: RandomSource) {
        let factor = degradation.factor ?? 1
        let height = max(image.height / factor, 1) * factor
        let width = max(image.width / factor, 1) * factor
        original =
            height == image.height && width == image.width
            ? image
            : Image(
                pixels: image.pixels(
                    rows: 0 ..< min(height, image.height), columns: 0 ..< min(width, image.width)),
                like: image)
        forwardOperator = degradation.forwardOperator(
            height: original.height, width: original.width, random: random)
        let noise = degradation.parameters.noise
        values = noise.added(to: forwardOperator.apply(to: original.pixels), random: random)
        self.noise = noise.deviation(in: values)
        isReduced = degradation.factor != nil
    }

    /// The missing pixels, if some are.
    public var hole: PixelMask? { forwardOperator.hole }

    /// The measurement as a picture, stored as the original is: what there is to see of it.
    ///
    /// Missing pixels are middle gray; a picture that lost its colours is gray. What an operator measures
    /// that gives no picture is shown as ``RecoverableOperator/picture(of:)`` says, which does not say all.
    public var picture: Image {
        Image(
            pixels: forwardOperator.picture(of: values),
            like: forwardOperator.measurementShape.last == 1 ? original.asEmptyGray : original)
    }

    /// What there is to recover the picture from, for every method alike.
    ///
    /// Without noise, pictures with holes and reduced ones have the depth of a file, as those that
    /// people have; the rest is not rounded.
    public var observed: Tensor<Float> {
        guard noise == 0 else { return values }
        if isReduced { return picture.pixels }
        return hole == nil ? values : forwardOperator.apply(to: picture.pixels)
    }

    /// How near a result is to the picture that was measured.
    ///
    /// A picture from magnitudes may stand on its head; the nearer way up counts.
    ///
    /// - Parameters:
    ///   - result: The result, of the size of the picture.
    ///   - perception: What tells how differently they look, or `nil`.
    /// - Returns: The comparison.
    public func comparison(
        of result: Image, perception: PerceptualDistance? = nil
    ) -> PictureComparison {
        let upright = PictureComparison(
            result, with: original, hole: hole, perception: perception)
        guard forwardOperator.isBlindToHalfTurns else { return upright }
        let turned = PictureComparison(
            Image(pixels: result.pixels.turnedByHalf, like: result), with: original,
            perception: perception)
        return turned.psnr > upright.psnr ? turned : upright
    }
}

extension Degradation {
    /// Degrades a picture.
    ///
    /// A picture that is to be reduced is first cut to a multiple of the factor at its right and lower
    /// edges.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - random: The source of all choices and of the noise.
    /// - Returns: What was measured, and of what.
    public func measure(_ image: Image, random: RandomSource) -> Measured {
        Measured(image, by: self, random: random)
    }
}

extension Image {
    /// A gray picture of one black pixel that is stored as this one is.
    fileprivate var asEmptyGray: Image {
        Image(
            width: 1, height: 1, colour: .gray,
            samples: bitsPerSample == 16 ? .sixteen([0]) : .eight([0]), format: format)
    }
}

extension Tensor<Float> {
    /// The picture turned by half.
    fileprivate var turnedByHalf: Tensor {
        let values = elements
        return Tensor(
            shape: shape,
            elements: (0 ..< count / 3).reversed().flatMap { values[3 * $0 ..< 3 * $0 + 3] })
    }
}
