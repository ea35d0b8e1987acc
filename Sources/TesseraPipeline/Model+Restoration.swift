public import TesseraImage
import TesseraInverse
import TesseraTensor

extension Model {
    /// Restores a damaged picture.
    ///
    /// - Parameters:
    ///   - image: The damaged picture; its depth, profile and format are kept, alpha is resampled where
    ///     the size changes, and a gray picture whose colours are sought becomes RGB.
    ///   - degradation: What was done to it; its noise is not read.
    ///   - noise: The standard deviation of its noise in units of [-1, 1], or `nil` to take it for 0, or,
    ///     where noise is what is to be undone or would be amplified, to judge it by the picture itself.
    ///   - options: How to sample.
    ///   - advance: Told after each step.
    /// - Returns: The restored picture, and how well it explains the damaged one.
    /// - Precondition: The damaged picture is a whole measurement: ``Damage/givesPicture``, and no
    ///   pixels are missing; see ``inpaint(_:hole:options:advance:)`` for those.
    public func restore(
        _ image: Image, from degradation: Degradation, noise: Double? = nil,
        options: RecoveryOptions = RecoveryOptions(),
        advance: (SamplingProgress<Image>) -> Void = { _ in }
    ) -> Recovered {
        let damage = degradation.damage
        precondition(
            damage.givesPicture && !damage.hasMask,
            "'\(damage.rawValue)' leaves no picture that says all")
        let factor = damage.factor ?? 1
        let map = degradation.map(
            height: image.height * factor, width: image.width * factor,
            random: RandomSource(seed: options.seed, key: options.key))
        let pixels = image.pixels
        let values = damage == .colorize ? map.apply(to: pixels) : pixels
        let noise = noise ?? damage.noise(in: pixels)
        let model = damage == .colorize && image.colour == .gray ? image.inColour : image
        let (result, residual, decodeCount) = recover(
            values, measuredBy: map, noise: noise, options: options
        ) { advance($0.map { Image(pixels: $0, like: model) }) }
        return Recovered(
            image: Image(pixels: result, like: model), residual: residual, noise: noise,
            decodeCount: decodeCount)
    }
}

extension Damage {
    /// What a damaged picture of shape `[1, H, W, 3]` in [-1, 1] tells about its noise.
    ///
    /// Where noise is what is to be undone or would be amplified, that of lightness counts if there is
    /// hardly any in the colours: most JPEGs store them coarser, which leaves less than a fifth.
    /// Otherwise only noise that the colours share counts, since texture that is taken for noise would
    /// be lost, and a little is none. What a JPEG shows has been rounded, and lightness that is to be
    /// coloured is kept as it is.
    fileprivate func noise(in pixels: Tensor<Float>) -> Double {
        guard self != .jpeg && self != .colorize else { return 0 }
        let estimate = NoiseEstimate(of: pixels)
        guard self == .denoise || hasKernel else {
            return estimate.common < 0.01 ? 0 : estimate.common
        }
        return estimate.common < estimate.lightness / 4 ? estimate.lightness : estimate.common
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
