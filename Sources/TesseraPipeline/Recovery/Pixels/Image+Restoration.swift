public import TesseraImage
public import TesseraInverse
import TesseraTensor

extension Image {
    /// The most pixels that a picture restored by a denoiser may have; they take some 70 bytes each.
    public static let maximumRestoredPixelCount = 1 << 26

    /// Restores a degraded picture by a denoiser, without any model of tokens.
    ///
    /// - Parameters:
    ///   - degradation: What was done to it; its noise is not read.
    ///   - noise: The standard deviation of its noise in units of [-1, 1], or `nil` as for
    ///     ``Model/restore(_:from:noise:options:)``.
    ///   - denoiser: What images are like.
    ///   - options: How the result looks, and the seed and key of what a degradation chooses by chance.
    /// - Returns: The steps, and then the restored picture and how well it explains the degraded one.
    /// - Precondition: The degradation is one that ``Degradation/isUndoneByDenoisers`` says. A look that is not
    ///   faithful needs a denoiser with a sharpener.
    public func restored(
        from degradation: Degradation, noise: Double? = nil, by denoiser: any PixelDenoiser,
        options: RecoveryOptions = RecoveryOptions()
    ) -> Recovery {
        DegradedImage.check(degradation)
        return Recovery {
            let degraded = DegradedImage(self, by: degradation, noise: noise, options: options)
            return Recovery.byPixels(
                degraded.measured, like: degraded.model, with: denoiser, look: options.look)
        }
    }
}

extension Recovery where Preview == Image, Outcome == Recovered<Image> {
    /// Recovers a picture from a measurement by a denoiser, without any model of tokens.
    ///
    /// - Parameters:
    ///   - measured: What is known of the picture.
    ///   - image: A picture that says how the result is stored.
    ///   - denoiser: What images are like.
    ///   - look: How the result looks.
    /// - Returns: The steps, and then the picture and how well it explains the measurement.
    static func byPixels(
        _ measured: PixelMeasurement, like image: Image, with denoiser: any PixelDenoiser,
        look: Look = .faithful
    ) -> Recovery {
        Recovery {
            MappedSteps(
                PixelSteps(recovering: measured, with: denoiser, look: look),
                preview: { Image(pixels: $0, like: image) },
                outcome: { $0.map { Image(pixels: $0, like: image) } })
        }
    }
}

extension Degradation {
    /// Whether a denoiser and the operator can undo it in turn.
    public var isUndoneByDenoisers: Bool {
        forwardOperator(height: 16, width: 16, random: RandomSource(seed: 0))
            .splitting(noise: 0, isSampled: false) != nil
    }
}
