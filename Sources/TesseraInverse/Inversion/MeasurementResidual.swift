public import TesseraTensor

extension ForwardOperator {
    /// How far a picture is from explaining a measurement: the root mean square of A(x) - y.
    ///
    /// A picture that explains a measurement with noise of deviation σ has a residual near σ.
    ///
    /// - Parameters:
    ///   - pixels: A picture x of shape ``imageShape``.
    ///   - measurement: The y that was measured, of shape ``measurementShape``.
    /// - Returns: The residual in units of the pixels' range [-1, 1].
    public func residual(of pixels: Tensor<Float>, given measurement: Tensor<Float>) -> Double {
        let predicted = apply(to: pixels)
        precondition(
            predicted.shape == measurement.shape,
            "A measurement of shape \(measurementShape) is needed, but got \(measurement.shape)")
        let sum = predicted.withUnsafeBuffer { predicted in
            measurement.withUnsafeBuffer { measurement in
                zip(predicted, measurement).reduce(into: 0.0) { sum, pair in
                    sum += Double(pair.0 - pair.1) * Double(pair.0 - pair.1)
                }
            }
        }
        return (sum / Double(max(predicted.count, 1))).squareRoot()
    }
}
