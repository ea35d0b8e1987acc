import TesseraLayers

extension ConvolutionalArchitecture {
    /// How many positions around a position its encoding depends on, on each side.
    ///
    /// Walks from one position back to the pixels that it reads: each 3×3 convolution widens the
    /// interval by 1, a stride of 2 turns [a, b] into [2a, 2b] before that, and gathering 2×2 pixels
    /// turns it into [2a, 2b + 1].
    public var encoderReceptiveField: Int {
        var interval = 0 ... 0
        for stage in widths.indices.reversed() {
            interval = interval.widened(by: ResidualBlock.receptiveField * encoderBlocks[stage])
            if stage > 0 {
                interval = (2 * interval.lowerBound ... 2 * interval.upperBound).widened(by: 1)
            }
        }
        interval = interval.widened(by: 1)
        let pixels = 2 * interval.lowerBound ... 2 * interval.upperBound + 1
        let before = -pixels.lowerBound
        let after = pixels.upperBound - (pixelsPerToken - 1)
        return (max(before, after) + pixelsPerToken - 1) / pixelsPerToken
    }

    /// How many positions around a position its pixels depend on, on each side.
    ///
    /// Walks from the pixels of one position back to the latent: a shuffle that doubles the size
    /// turns [a, b] into [⌊a / 2⌋, ⌊b / 2⌋], and each 3×3 convolution widens it by 1.
    public var decoderReceptiveField: Int {
        var interval = (0 ... pixelsPerToken - 1).halved.widened(by: 1)
        for stage in widths.indices {
            interval = interval.widened(by: ResidualBlock.receptiveField * decoderBlocks[stage])
            if stage < widths.count - 1 {
                interval = interval.halved.widened(by: 1)
            }
        }
        interval = interval.widened(by: 1)
        return max(-interval.lowerBound, interval.upperBound)
    }
}

extension ClosedRange<Int> {
    fileprivate func widened(by amount: Int) -> ClosedRange {
        lowerBound - amount ... upperBound + amount
    }

    /// Both ends divided by 2, rounded down.
    fileprivate var halved: ClosedRange { lowerBound >> 1 ... upperBound >> 1 }
}
