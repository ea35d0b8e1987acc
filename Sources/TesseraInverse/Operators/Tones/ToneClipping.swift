public import TesseraTensor

/// The operator of a sensor that saturates: y = clip(gain · x, -1, 1).
///
/// With a gain of 2 this is the "high dynamic range" task of diffusion papers: what is brighter or
/// darker than half the range is lost. Its derivative is the gain where nothing is clipped, else 0.
public struct ToneClipping: ForwardOperator {
    /// What pixels are multiplied by, above 0.
    public let gain: Float

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - gain: What pixels are multiplied by, above 0.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(gain: Float = 2, height: Int, width: Int) {
        precondition(gain > 0, "A gain is above 0, but got \(gain)")
        self.gain = gain
        imageShape = [1, height, width, 3]
    }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Multiplies and clips.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: The clipped picture.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        pixels.mapped { gain * $0 }.clampedToPixels
    }

    /// Passes the gradient where nothing was clipped.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the measurement.
    ///   - pixels: The picture.
    /// - Returns: The gradient with respect to the picture.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        gradient.combined(with: pixels) { abs(gain * $1) < 1 ? gain * $0 : 0 }
    }
}

extension ToneClipping: RecoverableOperator {
    /// Divides by the gain; what was clipped lies in the middle of what it can be.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        let limit = clippingLimit(noise: noise)
        let beyond = (1 + 1 / gain) / 2
        let estimate = measurement.mapped { value in
            value >= limit ? beyond : value <= -limit ? -beyond : value / gain
        }
        guard noise > 0 else { return estimate }
        return CosineDenoiser(noise: noise / Double(gain)).picture(from: estimate).clampedToPixels
    }

    /// Moves what was not clipped to the measurement, and what was clipped beyond the limit.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        let limit = clippingLimit(noise: noise)
        // What was clipped says nothing of the difference.
        let seen = pixels.combined(with: measurement) { pixel, value in
            abs(value) >= limit ? pixel : value / gain
        }
        let clean =
            noise == 0
            ? seen : CosineDenoiser(noise: noise / Double(gain)).picture(from: seen, and: pixels)
        return clean.combined(with: measurement) { pixel, value in
            value >= limit
                ? max(pixel, 1 / gain) : value <= -limit ? min(pixel, -1 / gain) : pixel
        }.clampedToPixels
    }

    /// Cuts the picture.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        (
            ToneClipping(gain: gain, height: rows.count, width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }

    /// From which magnitude on a value may be a clipped one, given the noise that came after.
    private func clippingLimit(noise: Double) -> Float { Float(max(1 - 2 * noise, 0.5)) - 1e-6 }
}

extension Degradation {
    /// Contrast is doubled and clipped.
    public static let hdr = Degradation(
        name: "hdr", summary: "contrast doubled and clipped", restoration: "what clipping lost"
    ) { _, height, width, _ in ToneClipping(height: height, width: width) }
}
