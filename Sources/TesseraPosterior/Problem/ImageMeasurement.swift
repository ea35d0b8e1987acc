public import TesseraInverse
public import TesseraTensor

/// What was measured of a picture, and how: y = A(x) + noise.
public struct ImageMeasurement: Sendable {
    /// A: how the measurement comes from the picture.
    public let forwardOperator: any ForwardOperator

    /// y, of the operator's measurement shape.
    public let values: Tensor<Float>

    /// The standard deviation of its noise, in the units of the values; 0 for none, or if it is not known.
    public let noise: Double

    /// Puts an operator and what it gave together.
    ///
    /// - Parameters:
    ///   - forwardOperator: How the measurement comes from the picture.
    ///   - values: What was measured, of the operator's measurement shape.
    ///   - noise: The standard deviation of its noise, 0 for none.
    public init(
        of forwardOperator: any ForwardOperator, values: Tensor<Float>, noise: Double = 0
    ) {
        precondition(
            values.shape == forwardOperator.measurementShape,
            "A measurement of shape \(forwardOperator.measurementShape) is needed, but got "
                + "\(values.shape)")
        self.forwardOperator = forwardOperator
        self.values = values
        self.noise = noise
    }
}
