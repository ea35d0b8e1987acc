public import TesseraImage
public import TesseraInverse
import TesseraTensor

/// A way to damage a picture, so that recovering it can be measured.
public enum Damage: String, CaseIterable, Sendable {
    /// A square in the middle is missing.
    case inpaintBox = "inpaint-box"

    /// Most pixels are missing, anywhere.
    case inpaintRandom = "inpaint-random"

    /// The picture is reduced to half its sides.
    case sr2

    /// The picture is reduced to a quarter of its sides.
    case sr4

    /// The picture is reduced to an eighth of its sides.
    case sr8

    /// The picture is reduced to a quarter of its sides by averaging squares.
    case pool4

    /// The picture is blurred by a Gaussian, or by a kernel of one's own.
    case deblurGaussian = "deblur-gaussian"

    /// The picture is blurred by a kernel that is given.
    case deblurMotion = "deblur-motion"

    /// Light is blurred and saturates before it becomes pixels.
    case deblurNonlinear = "deblur-nonlinear"

    /// Contrast is doubled and clipped.
    case hdr

    /// The picture is stored as a JPEG.
    case jpeg

    /// Colours are lost.
    case colorize

    /// There is noise and nothing else.
    case denoise

    /// A few coefficients of a scrambled basis are measured.
    case compressedSensing = "compressed-sensing"

    /// The magnitudes of the Fourier transform are measured.
    case phaseRetrieval = "phase-retrieval"

    /// How many times smaller each side becomes; `nil` if the size stays.
    public var factor: Int? {
        switch self {
        case .sr2: 2
        case .sr4, .pool4: 4
        case .sr8: 8
        default: nil
        }
    }

    /// Whether pixels are missing.
    public var hasMask: Bool { self == .inpaintBox || self == .inpaintRandom }

    /// Whether a kernel blurs the picture.
    public var hasKernel: Bool {
        [.deblurGaussian, .deblurMotion, .deblurNonlinear].contains(self)
    }

    /// Whether what is measured is a picture that can be seen and stored.
    public var givesPicture: Bool { self != .compressedSensing && self != .phaseRetrieval }
}

extension PixelMask {
    /// Makes a mask from a picture.
    ///
    /// - Parameters:
    ///   - image: A mask picture.
    ///   - polarity: Which of its pixels are holes.
    public init(_ image: Image, polarity: MaskPolarity = .white) {
        self.init(
            height: image.height, width: image.width, isHole: image.mask(polarity).elements)
    }

    /// The mask as a picture: white holes on black.
    public var picture: Image {
        Image(
            width: width, height: height, colour: .gray,
            samples: .eight(isHole.map { $0 ? 255 : 0 }))
    }
}
