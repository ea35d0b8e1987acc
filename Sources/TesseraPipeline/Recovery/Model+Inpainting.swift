public import TesseraImage
public import TesseraInverse

extension Model {
    /// Fills the holes of a picture; every other pixel stays as it is, bit for bit.
    ///
    /// Only regions around the holes are worked on. In each, tokens of squares that touch a hole are
    /// sampled given the pixels around it; the decoded squares fill the hole, moved by a smooth
    /// difference so that they meet the known pixels. A hole too wide for the prior to see across is
    /// filled from coarse to fine: what half the size is filled with is where sampling starts.
    ///
    /// What is decoded is right in its colours and soft. Where exemplars are better, it is the guide by which
    /// pixels of the same picture are copied, in steps that follow those of sampling: see ``HoleTexture``. A hole
    /// that needs no guide is filled before, and the model is not asked about it.
    ///
    /// **Edge cases:** a mask without a hole gives the picture itself; without a known pixel the
    /// result is a sample of the prior.
    ///
    /// - Parameters:
    ///   - image: The picture; its alpha, depth, profile and format are kept.
    ///   - mask: The pixels to fill, of the picture's size.
    ///   - avoided: Known pixels that are not to be copied into the hole; `nil` for none.
    ///   - options: How to sample.
    /// - Returns: The steps, and then the picture and how far the sampled one is from the known pixels.
    public func inpaint(
        _ image: Image, hole mask: PixelMask, avoiding avoided: PixelMask? = nil,
        options: RecoveryOptions = RecoveryOptions()
    ) -> Recovery {
        precondition(
            mask.height == image.height && mask.width == image.width,
            "A mask of \(mask.width) x \(mask.height) pixels does not fit a picture of "
                + "\(image.width) x \(image.height)")
        var canvas = image
        canvas.text = []
        let restored = { (filled: Image) in
            var whole = filled
            whole.restoreSamples(of: image, outside: mask.tensor)
            return whole
        }
        return Recovery { [canvas] in
            func holeSteps(_ image: Image, _ mask: PixelMask) -> HoleSteps<Image> {
                HoleSteps(filling: mask, of: image, with: self, options: options)
            }
            func soft(_ image: Image, _ mask: PixelMask) -> some SamplingSteps<
                Image, Recovered<Image>
            > {
                MappedSteps(
                    holeSteps(image, mask), preview: restored, outcome: { $0.map(restored) })
            }
            guard options.texture != .model else { return soft(canvas, mask) }
            return TexturedSteps(
                filling: canvas,
                by: ExemplarPass(filling: mask, avoiding: avoided, options: options),
                after: { holeSteps(canvas, $0).stepCount }, of: soft)
        }
    }
}
