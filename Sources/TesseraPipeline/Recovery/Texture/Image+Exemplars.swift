public import TesseraImage
public import TesseraInverse

/// The filling of holes without a model: steps, and then the picture, or `nil` if some hole has too little to
/// copy from.
public typealias ExemplarFilling = SamplingRun<Image, Image?>

extension Image {
    /// Fills the holes of a picture with pixels copied from it, without any model.
    ///
    /// **Edge cases:** a mask without a hole has no steps and gives the picture itself.
    ///
    /// - Parameters:
    ///   - mask: The pixels to fill, of the picture's size.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - options: The seed, and how far pixels are copied.
    /// - Returns: The steps, and then the picture, its known pixels bit for bit, or `nil` if some hole has too
    ///   little to copy from.
    public func filledFromExemplars(
        hole mask: PixelMask, avoiding avoided: PixelMask? = nil, options: RecoveryOptions
    ) -> ExemplarFilling {
        var options = options
        options.texture = .exemplar
        let pass = ExemplarPass(filling: mask, avoiding: avoided, options: options)
        return ExemplarFilling {
            MappedSteps(
                ExemplarSteps(
                    pass, filling: pass.areas(isGuided: false), of: self, isGuided: false),
                preview: { $0 },
                outcome: { filled, copied in
                    let copiedCount = copied.reduce(0) {
                        $0 + mask.window($1.rectangle).holeCount
                    }
                    return copiedCount == mask.holeCount ? filled : nil
                })
        }
    }
}
