public import TesseraTensor

/// The operator that keeps the magnitudes of a picture's Fourier transform and loses the phases.
///
/// The picture stands on a canvas of zeros that reaches (oversampling / 8) of its sides beyond every
/// edge, so that an oversampling of 2 pads 256 pixels to 384. The transform is orthonormal, with zero
/// frequency in the middle; each channel is measured on its own. A picture and the same turned by half
/// have the same measurement.
public struct PhaseRetrieval: ForwardOperator {
    /// Whether pixels are first mapped from [-1, 1] to [0, 1], as DAPS does; DPS does not.
    public let mapsToUnitRange: Bool

    /// The shape of the picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// The shape of the canvas, `[1, K, L, 3]`.
    public let measurementShape: [Int]

    let transform: FourierTransform

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - oversampling: Eight times the padding of a side as a part of it, not negative.
    ///   - mapsToUnitRange: Whether pixels are first mapped to [0, 1].
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    public init(
        oversampling: Double = 2, mapsToUnitRange: Bool = true, height: Int, width: Int
    ) {
        precondition(oversampling >= 0, "An oversampling is not negative, as \(oversampling) is")
        self.mapsToUnitRange = mapsToUnitRange
        imageShape = [1, height, width, 3]
        let rowCount = height + 2 * Int(oversampling / 8 * Double(height))
        let columnCount = width + 2 * Int(oversampling / 8 * Double(width))
        measurementShape = [1, rowCount, columnCount, 3]
        transform = FourierTransform(
            height: height, width: width, rowCount: rowCount, columnCount: columnCount)
    }

    /// Computes the magnitudes.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: Shape `[1, K, L, 3]`, not negative.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        let (real, imaginary) = transform.forward(planes(of: pixels))
        return picture(
            ofSpectrum: real.combined(with: imaginary) { ($0 * $0 + $1 * $1).squareRoot() })
    }

    /// Applies the transposed derivative; where a magnitude is 0 the gradient is taken for 0.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the magnitudes.
    ///   - pixels: The picture.
    /// - Returns: The gradient with respect to the picture.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        let (real, imaginary) = transform.forward(planes(of: pixels))
        let magnitudes = real.combined(with: imaginary) { ($0 * $0 + $1 * $1).squareRoot() }
        let weights = spectrum(ofPicture: gradient).combined(with: magnitudes) {
            $1 > 0 ? $0 / $1 : 0
        }
        let scale: Float = mapsToUnitRange ? 0.5 : 1
        let planes = transform.adjoint(
            real: weights.combined(with: real) { $0 * $1 },
            imaginary: weights.combined(with: imaginary) { $0 * $1 })
        let (height, width) = (imageShape[1], imageShape[2])
        return planes.permuting([height, width, 3]) { y, x, channel in
            (channel * height + y) * width + x
        }.reshaped(to: imageShape).mapped { scale * $0 }
    }

    /// The channels as planes `[3, H, W]`, in the range that is transformed.
    func planes(of pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape,
            "A transform of \(imageShape) got pixels of \(pixels.shape)")
        let (height, width) = (imageShape[1], imageShape[2])
        let planes = pixels.permuting([3, height, width]) { channel, y, x in
            (y * width + x) * 3 + channel
        }
        return mapsToUnitRange ? planes.mapped { ($0 + 1) / 2 } : planes
    }

    /// A transposed spectrum of planes, `[3, L, K]`, in the shape of the measurement.
    private func picture(ofSpectrum spectrum: Tensor<Float>) -> Tensor<Float> {
        let (rowCount, columnCount) = (measurementShape[1], measurementShape[2])
        return spectrum.permuting([rowCount, columnCount, 3]) { row, column, channel in
            (channel * columnCount + column) * rowCount + row
        }.reshaped(to: measurementShape)
    }

    /// The other way round.
    func spectrum(ofPicture picture: Tensor<Float>) -> Tensor<Float> {
        let (rowCount, columnCount) = (measurementShape[1], measurementShape[2])
        precondition(
            picture.shape == measurementShape,
            "Magnitudes of \(measurementShape) were expected, not \(picture.shape)")
        return picture.permuting([3, columnCount, rowCount]) { channel, column, row in
            (row * columnCount + column) * 3 + channel
        }
    }
}
