public import TesseraImage
import TesseraInverse

extension Model {
    /// The most pixels that an enlarged picture may have.
    ///
    /// Its numbers take 12 bytes a pixel several times over, and its sampling some minutes a megapixel.
    public static let maximumEnlargedPixelCount = 1 << 24

    /// Enlarges a picture, taking it for an antialiased bicubic reduction of the one that is sought.
    ///
    /// - Parameters:
    ///   - image: The small picture; its depth, profile and format are kept, alpha is interpolated.
    ///   - factor: How many times larger each side becomes, such as 2 or 4.
    ///   - options: How to sample.
    ///   - advance: Told after each step.
    /// - Returns: The enlarged picture, and how far its reduction is from the small one.
    /// - Precondition: The result has at most ``maximumEnlargedPixelCount`` pixels.
    public func enlarge(
        _ image: Image, by factor: Int, options: RecoveryOptions = RecoveryOptions(),
        advance: (SamplingProgress<Image>) -> Void = { _ in }
    ) -> Recovered {
        let (height, width) = (image.height * factor, image.width * factor)
        precondition(
            height * width <= Model.maximumEnlargedPixelCount,
            "A picture of \(width) x \(height) pixels is more than can be sampled")
        let (pixels, residual, decodeCount) = recover(
            image.pixels,
            measuredBy: SuperResolution(factor: factor, height: height, width: width),
            options: options
        ) { advance($0.map { Image(pixels: $0, like: image) }) }
        return Recovered(
            image: Image(pixels: pixels, like: image), residual: residual,
            decodeCount: decodeCount)
    }
}
