public import TesseraImage
public import TesseraInverse
import TesseraTensor

/// A degraded picture as a measurement of the one that is sought.
struct DegradedImage {
    /// What is known of the picture that is sought.
    let measured: PixelMeasurement

    /// A picture that says how the result is stored.
    let model: Image

    /// Checks that a picture can be a whole measurement.
    static func check(_ degradation: Degradation) {
        precondition(
            degradation.restoration != nil,
            "'\(degradation.name)' leaves no picture that says all")
    }

    /// Reads a degraded picture.
    ///
    /// - Parameters:
    ///   - image: The degraded picture.
    ///   - degradation: What was done to it; its noise is not read.
    ///   - noise: The standard deviation of its noise in units of [-1, 1], or `nil` to judge it.
    ///   - options: The seed and key of what the degradation chooses by chance.
    init(
        _ image: Image, by degradation: Degradation, noise: Double?, options: RecoveryOptions
    ) {
        let factor = degradation.factor ?? 1
        var forwardOperator: any RecoverableOperator = degradation.forwardOperator(
            height: image.height * factor, width: image.width * factor,
            random: RandomSource(seed: options.seed, key: options.key))
        let losesColours = forwardOperator.measurementShape.last == 1
        let pixels = image.withoutHiddenColours.pixels
        var judged = JudgedNoise()
        var seen = pixels
        if forwardOperator is Denoising, noise != 0, let impulses = ImpulseNoise(in: pixels) {
            let inpainting = Inpainting(mask: impulses.mask)
            forwardOperator = inpainting
            judged.impulseShare =
                Double(impulses.mask.holeCount) / Double(impulses.mask.isHole.count)
            seen = inpainting.smoothlyFilled(pixels)
        }
        var deviation = noise ?? 0
        if noise == nil, degradation.noiseJudgement != .never {
            let estimate = NoiseEstimate(of: seen)
            deviation = degradation.noise(estimate, of: image)
            if forwardOperator is Denoising {
                judged.byBrightness = estimate.byBrightness
                judged.grain = estimate.grain(of: seen)
            }
        }
        measured = PixelMeasurement(
            forwardOperator: forwardOperator,
            values: forwardOperator.measurement(shownBy: pixels), noise: deviation,
            judgedNoise: judged)
        model = losesColours && image.colour == .gray ? image.inColour : image
    }
}

extension Degradation {
    /// This degradation as a picture's file tells more of it.
    ///
    /// - Parameter image: The degraded picture.
    /// - Returns: With the steps and colours of the JPEG that the picture was read from, if that is what is to be
    ///   undone; otherwise the same.
    public func known(from image: Image) -> Degradation {
        guard accepted.contains(.quality), let stored = image.quantization else { return self }
        let steps = [stored.luminance, stored.chrominance ?? stored.luminance].map {
            $0.map(Float.init)
        }
        var known = self
        known.parameters.file = StoredJPEG(
            tables: JPEGTables(luminance: steps[0], chrominance: steps[1]),
            subsampling: JPEGCompression.Subsampling(stored.subsampling))
        return known
    }

    /// What a degraded picture tells about its noise, in units of [-1, 1].
    ///
    /// That is what luma and colours share, and a little is none. Where colours say nothing, because
    /// there are none or because a JPEG stores them coarser, which leaves less than a fifth of the noise,
    /// luma alone counts for reductions; and for all pictures where noise is what is to be undone or
    /// would be amplified. Elsewhere texture that is taken for noise would be lost. What a JPEG shows has
    /// been rounded, and luma that is to be coloured is kept as it is.
    fileprivate func noise(_ estimate: NoiseEstimate, of image: Image) -> Double {
        if noiseJudgement == .always { return estimate.shown }
        let hasSilentColours = image.colour == .gray || image.format == .jpeg
        let lumaCounts = factor != nil && hasSilentColours && estimate.common < estimate.luma / 4
        return lumaCounts ? estimate.luma : estimate.common >= 0.01 ? estimate.common : 0
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

extension JPEGCompression.Subsampling {
    fileprivate init(_ stored: JPEGQuantization.Subsampling) {
        self =
            switch stored {
            case .none: .none
            case .half: .half
            case .other: .other
            }
    }
}
