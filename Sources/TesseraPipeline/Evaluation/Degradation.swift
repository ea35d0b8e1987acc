public import TesseraImage
public import TesseraInverse
public import TesseraPerception
public import TesseraTensor

/// A damage with its parameters: how pictures become measurements, and measurements pictures to see.
public struct Degradation: Sendable {
    /// What is done to pictures.
    public var damage: Damage

    /// What is added to measurements by chance.
    public var noise = MeasurementNoise.none

    /// The kernel of a blur; a Gaussian of 61 × 61 pixels with a deviation of 3 unless given.
    ///
    /// Papers draw motion kernels at random, so that task has none of its own.
    public var kernel = BlurKernel.gaussian(side: 61, deviation: 3)

    /// The quality of a JPEG, 1 to 100.
    public var quality = 20

    /// The side of the square that is missing, in pixels.
    public var boxSide = 64

    /// The part of the pixels that is missing anywhere.
    public static let missingPart = 0.7

    /// The part of the coefficients that compressed sensing measures.
    public static let sensedPart = 0.25

    /// Takes the usual parameters of a damage.
    ///
    /// - Parameter damage: What is done to pictures.
    public init(_ damage: Damage) {
        self.damage = damage
    }

    /// The operator that damages pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the undamaged picture in pixels.
    ///   - width: The width of the undamaged picture in pixels.
    ///   - random: The source of choices, such as which pixels are missing.
    /// - Returns: The operator.
    public func map(
        height: Int, width: Int, random: RandomSource
    ) -> any RecoverableOperator {
        switch damage {
        case .inpaintBox, .inpaintRandom:
            return Inpainting(mask: mask(height: height, width: width, random: random))
        case .sr2, .sr4, .sr8:
            return SuperResolution(factor: damage.factor ?? 1, height: height, width: width)
        case .pool4: return AveragePooling(factor: 4, height: height, width: width)
        case .deblurGaussian, .deblurMotion:
            return Blur(kernel: kernel, height: height, width: width)
        case .deblurNonlinear: return NonlinearBlur(kernel: kernel, height: height, width: width)
        case .hdr: return ToneClipping(height: height, width: width)
        case .jpeg: return JPEGCompression(quality: quality, height: height, width: width)
        case .colorize: return Colorization(height: height, width: width)
        case .denoise: return Denoising(height: height, width: width)
        case .compressedSensing:
            return CompressedSensing(
                height: height, width: width, fraction: Degradation.sensedPart, random: random)
        case .phaseRetrieval: return PhaseRetrieval(height: height, width: width)
        }
    }

    /// The kernel of a damage that blurs, or `nil`.
    public var blur: BlurKernel? { damage.hasKernel ? kernel : nil }

    private func mask(height: Int, width: Int, random: RandomSource) -> PixelMask {
        guard damage == .inpaintBox else {
            return PixelMask(
                height: height, width: width, fraction: Degradation.missingPart, random: random)
        }
        let (top, left) = ((height - boxSide) / 2, (width - boxSide) / 2)
        return PixelMask(
            height: height, width: width, rows: top ..< top + boxSide,
            columns: left ..< left + boxSide)
    }

    /// Damages a picture.
    ///
    /// A picture that is to be reduced is first cut to a multiple of the factor at its right and lower
    /// edges.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - random: The source of all choices and of the noise.
    /// - Returns: What was measured, and of what.
    public func measure(_ image: Image, random: RandomSource) -> Measured {
        let factor = damage.factor ?? 1
        let height = max(image.height / factor, 1) * factor
        let width = max(image.width / factor, 1) * factor
        let original =
            height == image.height && width == image.width
            ? image
            : Image(
                pixels: image.pixels(
                    rows: 0 ..< min(height, image.height), columns: 0 ..< min(width, image.width)),
                like: image)
        let map = map(height: original.height, width: original.width, random: random)
        let values = noise.added(to: map.apply(to: original.pixels), random: random)
        return Measured(
            values: values, map: map, noise: noise.deviation(in: values), original: original,
            isReduced: damage.factor != nil)
    }
}

/// What was measured of a picture.
public struct Measured: Sendable {
    /// The measurement, of the operator's measurement shape, not clamped.
    public let values: Tensor<Float>

    /// The operator.
    public let map: any RecoverableOperator

    /// The standard deviation of the measurement's noise.
    public let noise: Double

    /// The picture that was measured.
    public let original: Image

    /// Whether the picture is reduced.
    let isReduced: Bool

    /// The missing pixels, if some are.
    public var hole: PixelMask? { (map as? Inpainting)?.mask }

    /// The measurement as a picture, stored as the undamaged one is: what there is to see of it.
    ///
    /// Missing pixels are middle gray; a picture that lost its colours is gray. Of compressed sensing it
    /// shows Aᵀ y, and of phase retrieval the square roots of the magnitudes, neither of which says all.
    public var picture: Image {
        if let map = map as? CompressedSensing {
            return Image(pixels: map.applyAdjoint(to: values), like: original)
        }
        if map is PhaseRetrieval {
            let peak = values.elements.max() ?? 1
            let roots = values.elements.map { 2 * (max($0, 0) / max(peak, 1e-9)).squareRoot() - 1 }
            return Image(pixels: Tensor(shape: values.shape, elements: roots), like: original)
        }
        guard let map = map as? Colorization else { return Image(pixels: values, like: original) }
        let gray = Image(
            width: 1, height: 1, colour: .gray,
            samples: original.bitsPerSample == 16 ? .sixteen([0]) : .eight([0]),
            format: original.format)
        return Image(pixels: map.picture(of: values), like: gray)
    }
}

extension Measured {
    /// What there is to recover the picture from, for every method alike.
    ///
    /// Without noise, pictures with holes and reduced ones have the depth of a file, as those that
    /// people have; the rest is not rounded.
    public var observed: Tensor<Float> {
        guard noise == 0 else { return values }
        if isReduced { return picture.pixels }
        return hole == nil ? values : map.apply(to: picture.pixels)
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
        guard map is PhaseRetrieval else { return upright }
        let turned = PictureComparison(
            Image(pixels: result.pixels.turnedByHalf, like: result), with: original,
            perception: perception)
        return turned.psnr > upright.psnr ? turned : upright
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
