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

extension AveragePooling: RecoverableOperator {
    /// The smooth picture that best explains the measurement without its noise.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        enlargedWithoutNoise(measurement, noise: noise)
    }

    /// Adds the smooth picture that best explains what the sampled one does not, of the measurement
    /// without its noise.
    public func dataConsistent(
        _ pixels: Tensor<Float>, with measurement: Tensor<Float>, noise: Double
    ) -> Tensor<Float> {
        denoisedConsistent(pixels, with: measurement, noise: noise)
    }

    /// Cuts a window of whole squares.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        reducedPart(
            AveragePooling(factor: factor, height: rows.count, width: columns.count),
            factor: factor, rows: rows, columns: columns, of: measurement)
    }
}

extension Degradation {
    /// The picture is reduced to a quarter of its sides by averaging squares.
    public static let pool4 = Degradation(
        name: "pool4", summary: "reduced by averaging",
        restoration: "enlarged, so that the reduction is the input", factor: 4
    ) { _, height, width, _ in AveragePooling(factor: 4, height: height, width: width) }
}
