public import TesseraTensor

/// The operator that loses the pixels of a hole: y = m ⊙ x, with m = 0 in the hole and 1 elsewhere.
///
/// The measurement has the picture's shape, and zeros in the hole, so A is a projection: A A = A and
/// Aᵀ = A. All three channels share the mask.
public struct Inpainting: LinearOperator {
    /// The missing pixels.
    public let mask: PixelMask

    /// Makes the operator of a hole.
    ///
    /// - Parameter mask: The missing pixels.
    public init(mask: PixelMask) {
        self.mask = mask
    }

    /// The shape of the picture, `[1, H, W, 3]`.
    public var imageShape: [Int] { [1, mask.height, mask.width, 3] }

    /// The shape of the measurement: that of the picture.
    public var measurementShape: [Int] { imageShape }

    /// Sets the hole to 0, the middle gray of [-1, 1].
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The known pixels, and 0 in the hole.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape,
            "A mask of shape \(imageShape) cannot cover pixels of shape \(pixels.shape)")
        return mixing(hole: Tensor(shape: imageShape, repeating: 0), known: pixels)
    }

    /// Does what ``apply(to:)`` does: the operator is symmetric.
    ///
    /// - Parameter measurement: Shape `[1, H, W, 3]`.
    /// - Returns: Aᵀ y.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        apply(to: measurement)
    }

    /// Puts the measured pixels into a picture: the nearest picture that agrees with them.
    ///
    /// x + Aᵀ (y - A x). Pixels outside of the hole become those of the measurement, bit for bit.
    ///
    /// - Parameters:
    ///   - pixels: A picture of shape `[1, H, W, 3]`.
    ///   - measurement: The known pixels, of the same shape; what it has in the hole is not read.
    /// - Returns: The measurement outside of the hole, and the picture inside.
    public func projectOntoMeasurement(
        _ pixels: Tensor<Float>, measurement: Tensor<Float>
    ) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape && measurement.shape == imageShape,
            "A mask of shape \(imageShape) got \(pixels.shape) and \(measurement.shape)")
        return mixing(hole: pixels, known: measurement)
    }

    /// Takes each pixel from one of two pictures.
    func mixing(hole: Tensor<Float>, known: Tensor<Float>) -> Tensor<Float> {
        hole.withUnsafeBuffer { hole in
            known.withUnsafeBuffer { known in
                Tensor(shape: imageShape) { mixed in
                    for (pixel, isHole) in mask.isHole.enumerated() {
                        let source = isHole ? hole : known
                        for i in 3 * pixel ..< 3 * pixel + 3 {
                            mixed.initializeElement(at: i, to: source[i])
                        }
                    }
                }
            }
        }
    }
}
