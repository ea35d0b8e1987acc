public import TesseraTensor

/// The operator that does nothing: a picture measured as it is, with noise.
public struct Denoising: LinearOperator {
    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(height: Int, width: Int) {
        imageShape = [1, height, width, 3]
    }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Gives the picture back.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: The same.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> { pixels }

    /// Gives the measurement back.
    ///
    /// - Parameter measurement: A measurement.
    /// - Returns: The same.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> { measurement }
}
