public import TesseraImage
public import TesseraInverse
public import TesseraTensor

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

    /// The side of the square that is missing, in pixels.
    public static let boxSide = 64

    /// The part of the pixels that is missing anywhere.
    public static let missingPart = 0.7

    /// How many times smaller each side becomes; `nil` if pixels are missing instead.
    public var factor: Int? {
        switch self {
        case .sr2: 2
        case .sr4: 4
        case .inpaintBox, .inpaintRandom: nil
        }
    }

    /// The pixels that are missing; `nil` if the picture is reduced instead.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels.
    ///   - width: The width of the picture in pixels.
    ///   - random: The source of the choice of pixels.
    /// - Returns: The mask, or `nil`.
    public func mask(height: Int, width: Int, random: RandomSource) -> PixelMask? {
        switch self {
        case .inpaintBox:
            let side = Damage.boxSide
            let (top, left) = ((height - side) / 2, (width - side) / 2)
            return PixelMask(
                height: height, width: width, rows: top ..< top + side,
                columns: left ..< left + side)
        case .inpaintRandom:
            return PixelMask(
                height: height, width: width, fraction: Damage.missingPart, random: random)
        case .sr2, .sr4: return nil
        }
    }

    /// Damages a picture.
    ///
    /// A picture that is to be reduced is first cut to a multiple of the factor at its right and lower
    /// edges. Missing pixels become middle gray.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - random: The source of the choice of pixels.
    /// - Returns: The damaged picture, the picture it was made from, and the missing pixels.
    public func apply(
        to image: Image, random: RandomSource
    ) -> (damaged: Image, original: Image, mask: PixelMask?) {
        if let mask = mask(height: image.height, width: image.width, random: random) {
            let inpainting = Inpainting(mask: mask)
            let pixels = inpainting.apply(to: image.pixels)
            return (Image(pixels: pixels, like: image), image, mask)
        }
        let factor = self.factor ?? 1
        let height = max(image.height / factor, 1) * factor
        let width = max(image.width / factor, 1) * factor
        let original =
            height == image.height && width == image.width
            ? image
            : Image(
                pixels: image.pixels(
                    rows: 0 ..< min(height, image.height), columns: 0 ..< min(width, image.width)),
                like: image)
        let reduction = SuperResolution(
            factor: factor, height: original.height, width: original.width)
        return (
            Image(pixels: reduction.apply(to: original.pixels), like: image), original, nil
        )
    }
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
