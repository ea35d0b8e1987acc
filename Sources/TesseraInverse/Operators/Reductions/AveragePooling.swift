public import TesseraTensor

/// The operator that reduces a picture by averaging squares of pixels.
///
/// This is the reduction of DDNM and of much work on compressed sensing; papers that say "bicubic"
/// mean ``SuperResolution``. Squares that reach over the right or lower edge average the pixels that
/// there are.
public struct AveragePooling: LinearOperator {
    /// The side of a square in pixels, at least 1.
    public let factor: Int

    /// The shape of the large picture, `[1, H, W, 3]`.
    public let imageShape: [Int]

    /// The shape of the reduced picture, `[1, ⌈H / factor⌉, ⌈W / factor⌉, 3]`.
    public let measurementShape: [Int]

    /// Makes the operator for pictures of one size.
    ///
    /// - Parameters:
    ///   - factor: The side of a square in pixels.
    ///   - height: The height of the large picture, at least 1.
    ///   - width: The width of the large picture, at least 1.
    public init(factor: Int, height: Int, width: Int) {
        precondition(factor >= 1, "A picture is reduced by a factor of 1 or more, not \(factor)")
        self.factor = factor
        imageShape = [1, height, width, 3]
        measurementShape = [1, (height + factor - 1) / factor, (width + factor - 1) / factor, 3]
    }

    /// Averages squares.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`.
    /// - Returns: The reduced picture.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        precondition(
            pixels.shape == imageShape,
            "A reduction of \(imageShape) got pixels of shape \(pixels.shape)")
        return pixels.withUnsafeBuffer { pixels in
            Tensor(shape: measurementShape) { reduced in
                reduced.initialize(repeating: 0)
                forEachPair { pixel, square, weight in
                    for channel in 0 ..< 3 {
                        reduced[square + channel] += weight * pixels[pixel + channel]
                    }
                }
            }
        }
    }

    /// Spreads each reduced pixel over its square.
    ///
    /// - Parameter measurement: A reduced picture.
    /// - Returns: Aᵀ y, of shape `[1, H, W, 3]`.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        precondition(
            measurement.shape == measurementShape,
            "A reduction to \(measurementShape) got a measurement of \(measurement.shape)")
        return measurement.withUnsafeBuffer { reduced in
            Tensor(shape: imageShape) { pixels in
                forEachPair { pixel, square, weight in
                    for channel in 0 ..< 3 {
                        pixels.initializeElement(
                            at: pixel + channel, to: weight * reduced[square + channel])
                    }
                }
            }
        }
    }

    /// Visits each pixel with its square; the numbers are those of the first of three channels.
    @inline(__always)
    private func forEachPair(_ body: (_ pixel: Int, _ square: Int, _ weight: Float) -> Void) {
        let (height, width) = (imageShape[1], imageShape[2])
        for y in 0 ..< height {
            let rowCount = min(factor, height - y / factor * factor)
            for x in 0 ..< width {
                let columnCount = min(factor, width - x / factor * factor)
                body(
                    (y * width + x) * 3, (y / factor * measurementShape[2] + x / factor) * 3,
                    1 / Float(rowCount * columnCount))
            }
        }
    }
}
