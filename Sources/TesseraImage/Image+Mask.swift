public import TesseraTensor

/// Which pixels of a mask picture are meant.
public enum MaskPolarity: String, Sendable, CaseIterable {
    /// Those of at least half of full lightness.
    case white

    /// Those of less than half of full lightness.
    case black

    /// Those of less than half opacity.
    case transparent

    /// Those of at least half opacity: what is painted on a transparent layer, whatever its colour.
    case opaque
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
        case .transparent, .opaque:
            if let alpha {
                mask(of: alpha, .gray) { $0 == (polarity == .opaque) }
            } else {
                Tensor(shape: [height, width], repeating: polarity == .opaque)
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

    /// Reads how much of each pixel a mask means: 1 - c where ``mask(_:)`` means what is below a half.
    ///
    /// - Parameter polarity: Which pixels are meant.
    /// - Returns: Parts in [0, 1]; shape `[height, width]`.
    public func coverage(_ polarity: MaskPolarity = .white) -> Tensor<Float> {
        switch polarity {
        case .white: lightness(of: samples, colour) { $0 }
        case .black: lightness(of: samples, colour) { 1 - $0 }
        case .transparent, .opaque:
            if let alpha {
                lightness(of: alpha, .gray) { polarity == .opaque ? $0 : 1 - $0 }
            } else {
                Tensor(shape: [height, width], repeating: polarity == .opaque ? 1 : 0)
            }
        }
    }

    private func lightness(
        of samples: Samples, _ colour: Colour, _ part: (Float) -> Float
    ) -> Tensor<Float> {
        func light<Sample: FixedWidthInteger>(_ values: [Sample], _ pixel: Int) -> Float {
            if colour == .gray { return Float(values[pixel]) / Float(Sample.max) }
            let luma =
                299 * Int(values[3 * pixel]) + 587 * Int(values[3 * pixel + 1])
                + 114 * Int(values[3 * pixel + 2])
            return Float(luma) / (1000 * Float(Sample.max))
        }
        return Tensor(shape: [height, width]) { output in
            for pixel in 0 ..< width * height {
                let value =
                    switch samples {
                    case .eight(let values): light(values, pixel)
                    case .sixteen(let values): light(values, pixel)
                    }
                output.initializeElement(at: pixel, to: part(value))
            }
        }
    }

    /// Mixes samples with those of another picture: w of this picture and 1 - w of the other.
    ///
    /// Where w is 0 the other picture's samples stand bit for bit, where it is 1 this one's; else the nearest.
    ///
    /// - Parameters:
    ///   - original: A picture of the same size, colour and depth.
    ///   - weights: How much of this picture is kept, in [0, 1]; shape `[height, width]`.
    public mutating func mixSamples(with original: Image, weights: Tensor<Float>) {
        precondition(
            original.width == width && original.height == height && original.colour == colour
                && original.bitsPerSample == bitsPerSample && weights.shape == [height, width],
            "A \(width) × \(height) picture takes samples only from one of its own kind, "
                + "but got \(original.width) × \(original.height) and weights of \(weights.shape)")
        let channelCount = colour.channelCount
        func mix<Sample: FixedWidthInteger>(_ values: inout [Sample], _ source: [Sample]) {
            weights.withUnsafeBuffer { weights in
                for pixel in weights.indices where weights[pixel] < 1 {
                    for index in pixel * channelCount ..< (pixel + 1) * channelCount {
                        let old = Float(source[index])
                        values[index] = Sample(
                            (old + weights[pixel] * (Float(values[index]) - old)).rounded())
                    }
                }
            }
        }
        switch (samples, original.samples) {
        case (.eight(var values), .eight(let source)):
            samples = .eight([])
            mix(&values, source)
            samples = .eight(values)
        case (.sixteen(var values), .sixteen(let source)):
            samples = .sixteen([])
            mix(&values, source)
            samples = .sixteen(values)
        default: break
        }
    }

    /// Makes pixels opaque, wholly or in part; where the part is 0 opacity stays as it is, bit for bit.
    ///
    /// - Parameter weights: How far each pixel goes from its opacity to the full one, in [0, 1]; shape
    ///   `[height, width]`.
    public mutating func makeOpaque(by weights: Tensor<Float>) {
        precondition(
            weights.shape == [height, width],
            "A \(width) × \(height) picture got weights of \(weights.shape)")
        func raised<Sample: FixedWidthInteger>(_ values: [Sample]) -> [Sample] {
            weights.withUnsafeBuffer { weights in
                values.indices.map { index in
                    let old = Float(values[index])
                    return Sample((old + weights[index] * (Float(Sample.max) - old)).rounded())
                }
            }
        }
        switch alpha {
        case .eight(let values): alpha = .eight(raised(values))
        case .sixteen(let values): alpha = .sixteen(raised(values))
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
