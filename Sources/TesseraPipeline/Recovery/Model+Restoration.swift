public import TesseraImage
public import TesseraInverse
import TesseraTensor

extension Model {
    /// Restores a degraded picture.
    ///
    /// - Parameters:
    ///   - image: The degraded picture; its depth, profile and format are kept, alpha is resampled where
    ///     the size changes, and a gray picture whose colours are sought becomes RGB.
    ///   - degradation: What was done to it; its noise is not read.
    ///   - noise: The standard deviation of its noise in units of [-1, 1], or `nil` to take it for 0, or,
    ///     where noise is what is to be undone or would be amplified, to judge it by the picture itself.
    ///   - options: How to sample.
    /// - Returns: The steps, and then the restored picture and how well it explains the degraded one.
    /// - Precondition: The degraded picture is a whole measurement: ``Degradation/restoration`` is
    ///   not `nil`; see ``inpaint(_:hole:options:)`` for holes.
    public func restore(
        _ image: Image, from degradation: Degradation, noise: Double? = nil,
        options: RecoveryOptions = RecoveryOptions()
    ) -> Recovery {
        DegradedImage.check(degradation)
        return Recovery {
            let degraded = DegradedImage(image, by: degradation, noise: noise, options: options)
            return recover(
                degraded.measured.values, measuredBy: degraded.measured.forwardOperator,
                noise: degraded.measured.noise, like: degraded.model, options: options)
        }
    }

    /// The most pixels that an enlarged picture may have.
    ///
    /// Its numbers take 12 bytes a pixel several times over, and its sampling some minutes a megapixel.
    public static let maximumEnlargedPixelCount = 1 << 24
}
