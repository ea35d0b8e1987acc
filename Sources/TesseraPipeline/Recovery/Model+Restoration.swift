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
        precondition(
            degradation.restoration != nil,
            "'\(degradation.name)' leaves no picture that says all")
        let factor = degradation.factor ?? 1
        return Recovery {
            let forwardOperator = degradation.forwardOperator(
                height: image.height * factor, width: image.width * factor,
                random: RandomSource(seed: options.seed, key: options.key))
            let losesColours = forwardOperator.measurementShape.last == 1
            return recover(
                forwardOperator.measurement(shownBy: image.pixels), measuredBy: forwardOperator,
                noise: noise ?? degradation.noise(of: image),
                like: losesColours && image.colour == .gray ? image.inColour : image,
                options: options)
        }
    }

    /// The most pixels that an enlarged picture may have.
    ///
    /// Its numbers take 12 bytes a pixel several times over, and its sampling some minutes a megapixel.
    public static let maximumEnlargedPixelCount = 1 << 24
}

extension Degradation {
    /// What a degraded picture tells about its noise, in units of [-1, 1].
    ///
    /// That is what luma and colours share, and a little is none. Where colours say nothing, because
    /// there are none or because a JPEG stores them coarser, which leaves less than a fifth of the noise,
    /// luma alone counts for reductions; and for all pictures where noise is what is to be undone or
    /// would be amplified. Elsewhere texture that is taken for noise would be lost. What a JPEG shows has
    /// been rounded, and luma that is to be coloured is kept as it is.
    fileprivate func noise(of image: Image) -> Double {
        guard noiseJudgement != .never else { return 0 }
        let estimate = NoiseEstimate(of: image.pixels)
        let isRemovedAnyway = noiseJudgement == .always
        let hasSilentColours = image.colour == .gray || image.format == .jpeg
        if estimate.common < estimate.luma / 4,
            isRemovedAnyway || (factor != nil && hasSilentColours)
        {
            return estimate.luma
        }
        return isRemovedAnyway || estimate.common >= 0.01 ? estimate.common : 0
    }
}

extension Image {
    /// A black RGB picture that is stored as this gray one is.
    fileprivate var inColour: Image {
        let count = width * height * 3
        return Image(
            width: width, height: height, colour: .rgb,
            samples: bitsPerSample == 16
                ? .sixteen([UInt16](repeating: 0, count: count))
                : .eight([UInt8](repeating: 0, count: count)),
            alpha: alpha, format: format)
    }
}
