public import TesseraTensor

/// Which pixels of a mask picture are meant.
public enum MaskPolarity: String, Sendable, CaseIterable {
    /// Those of at least half of full lightness.
    case white

    /// Those of less than half of full lightness.
    case black

    /// Those of less than half opacity.
    case transparent
}

extension Image {
    /// Reads the picture as a mask.
    ///
    /// The lightness of a colour is its luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    ///
    /// - Parameter polarity: Which pixels are meant; usually the white ones.
    /// - Returns: Whether each pixel is meant; shape `[height, width]`.
    public func mask(_ polarity: MaskPolarity = .white) -> Tensor<Bool> {
        switch polarity {
        case .white: mask(of: samples, colour) { $0 }
        case .black: mask(of: samples, colour) { !$0 }
        case .transparent:
            if let alpha {
                mask(of: alpha, .gray) { !$0 }
            } else {
                Tensor(shape: [height, width], repeating: false)
            }
        }
    }

    private func mask(
        of samples: Samples, _ colour: Colour, _ choose: (Bool) -> Bool
    ) -> Tensor<Bool> {
        func isHigh<Sample: FixedWidthInteger>(_ values: [Sample], _ pixel: Int) -> Bool {
            if colour == .gray { return Int(values[pixel]) * 2 > Int(Sample.max) }
            let luma =
                299 * Int(values[3 * pixel]) + 587 * Int(values[3 * pixel + 1])
                + 114 * Int(values[3 * pixel + 2])
            return luma * 2 > 1000 * Int(Sample.max)
        }
        return Tensor(shape: [height, width]) { output in
            for pixel in 0 ..< width * height {
                let high =
                    switch samples {
                    case .eight(let values): isHigh(values, pixel)
                    case .sixteen(let values): isHigh(values, pixel)
                    }
                output.initializeElement(at: pixel, to: choose(high))
            }
        }
    }

    /// Makes the pixels opaque where a mask is true; all other opacity stays as it is, bit for bit.
    ///
    /// - Parameter mask: Where pixels become opaque; shape `[height, width]`.
    public mutating func makeOpaque(inside mask: Tensor<Bool>) {
        precondition(
            mask.shape == [height, width],
            "A \(width) × \(height) picture got a mask of \(mask.shape)")
        let isOpaque = mask.elements
        switch alpha {
        case .eight(let values):
            alpha = .eight(zip(values, isOpaque).map { $1 ? .max : $0 })
        case .sixteen(let values):
            alpha = .sixteen(zip(values, isOpaque).map { $1 ? .max : $0 })
        case nil: break
        }
    }

    /// Puts the samples of another picture where a mask is false, bit for bit.
    ///
    /// - Parameters:
    ///   - original: A picture of the same size, colour and depth.
    ///   - mask: Where this picture is kept; shape `[height, width]`.
    public mutating func restoreSamples(of original: Image, outside mask: Tensor<Bool>) {
        precondition(
            original.width == width && original.height == height && original.colour == colour
                && original.bitsPerSample == bitsPerSample && mask.shape == [height, width],
            "A \(width) × \(height) picture takes samples only from one of its own kind, "
                + "but got \(original.width) × \(original.height) and a mask of \(mask.shape)")
        let channelCount = colour.channelCount
        func restore<Sample>(_ values: inout [Sample], _ source: [Sample]) {
            mask.withUnsafeBuffer { mask in
                for pixel in mask.indices where !mask[pixel] {
                    for index in pixel * channelCount ..< (pixel + 1) * channelCount {
                        values[index] = source[index]
                    }
                }
            }
        }
        switch (samples, original.samples) {
        case (.eight(var values), .eight(let source)):
            samples = .eight([])
            restore(&values, source)
            samples = .eight(values)
        case (.sixteen(var values), .sixteen(let source)):
            samples = .sixteen([])
            restore(&values, source)
            samples = .sixteen(values)
        default: break
        }
    }
}
