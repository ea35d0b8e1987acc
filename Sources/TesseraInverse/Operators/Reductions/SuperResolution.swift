public import TesseraTensor

/// The operator that reduces a picture by antialiased bicubic resampling.
///
/// The reduced picture has ⌈H / factor⌉ rows and ⌈W / factor⌉ columns and covers the whole picture:
/// where a side is no multiple of the factor, the scale along it is a little smaller. A picture that
/// is enlarged by the factor exactly has no such remainder. The kernel is ``BicubicResampling``'s.
public struct SuperResolution: LinearOperator {
    /// How many times smaller the measurement is along each side, at least 1.
    public let factor: Int

    /// The shape of the large picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// The shape of the reduced picture, `[1, ⌈H / factor⌉, ⌈W / factor⌉, 3]`.
    public let measurementShape: [Int]

    private let resampling: BicubicResampling

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - factor: How many times smaller the measurement is along each side, such as 2, 4 or 8.
    ///   - height: The height of the large picture, at least 1.
    ///   - width: The width of the large picture, at least 1.
    public init(factor: Int, height: Int, width: Int) {
        precondition(factor >= 1, "A picture is reduced by a factor of 1 or more, not \(factor)")
        let reducedHeight = (height + factor - 1) / factor
        let reducedWidth = (width + factor - 1) / factor
        self.factor = factor
        imageShape = [1, height, width, 3]
        measurementShape = [1, reducedHeight, reducedWidth, 3]
        resampling = BicubicResampling(
            fromHeight: height, width: width, toHeight: reducedHeight, width: reducedWidth)
    }

    /// Reduces a picture.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The reduced picture, not clamped.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        resampling.apply(to: pixels)
    }

    /// Spreads each reduced pixel over the pixels that it came from, by the same weights.
    ///
    /// - Parameter measurement: A reduced picture.
    /// - Returns: Aᵀ y, of shape `[1, H, W, 3]`.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        resampling.applyAdjoint(to: measurement)
    }

    /// Enlarges a measurement to the picture's size by bicubic interpolation.
    ///
    /// This is the picture to start from, and the baseline to beat.
    ///
    /// - Parameter measurement: Shape `[1, h, w, 3]`.
    /// - Returns: Shape `[1, H, W, 3]`, values clamped to [-1, 1].
    public func enlarged(_ measurement: Tensor<Float>) -> Tensor<Float> {
        var enlarged = BicubicResampling(
            fromHeight: measurementShape[1], width: measurementShape[2],
            toHeight: imageShape[1], width: imageShape[2]
        ).apply(to: measurement)
        enlarged.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = min(max(values[i], -1), 1) }
        }
        return enlarged
    }
}
