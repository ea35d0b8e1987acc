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
