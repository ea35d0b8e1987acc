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
    /// pixels of the same picture are copied: see ``HoleTexture``. Holes too wide for a prior to see across are
    /// filled so at first, without it.
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
            let pass =
                options.texture == .model
                ? nil : ExemplarPass(filling: mask, avoiding: avoided, options: options)
            let wide = pass?.fillUnguided(canvas, isAnyWidth: false)
            return MappedSteps(
                HoleSteps(
                    filling: wide.map { mask.subtracting($0.copied) } ?? mask,
                    of: wide?.image ?? canvas, with: self, options: options),
                preview: restored
            ) { recovered in
                let soft = recovered.map(restored)
                guard let pass, let wide else { return soft }
                return soft.textured(by: pass, except: wide.copied)
            }
        }
    }
}

extension Recovered<Image> {
    /// The same recovery, its holes filled with pixels of the picture where they are to be.
    ///
    /// - Parameters:
    ///   - pass: What fills them.
    ///   - done: What it has filled already.
    /// - Returns: The recovery with that picture.
    fileprivate func textured(by pass: ExemplarPass, except done: PixelMask) -> Recovered {
        let result = pass.fill(guidedBy: image, except: done)
        return Recovered(
            image: result.image, residual: residual, noise: noise, decodeCount: decodeCount,
            copiedCount: done.holeCount + result.copied.holeCount)
    }
}
