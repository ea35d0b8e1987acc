public import TesseraTensor

/// The operator that turns every value around: y = -x.
public struct Negation: LinearOperator {
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

    /// Turns every value around.
    ///
    /// - Parameter pixels: A picture.
    /// - Returns: Its negative.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        Tensor(shape: pixels.shape, elements: pixels.elements.map { -$0 })
    }

    /// Turns every value around: the operator is its own adjoint.
    ///
    /// - Parameter measurement: A negative.
    /// - Returns: The picture of it.
    public func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float> {
        apply(to: measurement)
    }
}

extension Negation: RecoverableOperator {
    /// The negative of the negative, smoothed where there is noise.
    public func initialEstimate(from measurement: Tensor<Float>, noise: Double) -> Tensor<Float> {
        noise > 0
            ? regularizedPicture(from: measurement, noise: noise)
            : apply(to: measurement).clampedToPixels
    }

    /// Cuts the negative.
    public func part(
        rows: Range<Int>, columns: Range<Int>, of measurement: Tensor<Float>
    ) -> (forwardOperator: any ForwardOperator, values: Tensor<Float>)? {
        (
            Negation(height: rows.count, width: columns.count),
            measurement.rectangle(rows: rows, columns: columns)
        )
    }
}

extension Degradation {
    /// Colours are turned around.
    public static let negative = Degradation(
        name: "negative", summary: "the negative", restoration: "the positive of a negative"
    ) { _, height, width, _ in Negation(height: height, width: width) }
}
