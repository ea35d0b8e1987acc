public import TesseraImage
public import TesseraInverse
package import TesseraTensor

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

    /// The missing pixels as a tensor of shape `[height, width]`.
    package var tensor: Tensor<Bool> { Tensor(shape: [height, width], elements: isHole) }
}
