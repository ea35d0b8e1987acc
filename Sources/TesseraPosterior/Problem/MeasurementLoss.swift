import TesseraInverse
public import TesseraTensor

/// How far a predicted measurement is from the true one, as a number to make small.
///
/// The mean over the measurement of a (A(x) - y)² + b |A(x) - y|. With a alone this is, up to a
/// factor, the negative log-likelihood of Gaussian noise; with b alone that of Laplacian noise, which
/// anchored posterior sampling uses, beside a perceptual distance that needs a network.
public struct MeasurementLoss: Hashable, Sendable {
    /// The weight a of the squared error.
    public var squaredWeight: Float

    /// The weight b of the absolute error.
    public var absoluteWeight: Float

    /// The mean squared error.
    public static let squared = MeasurementLoss(squaredWeight: 1, absoluteWeight: 0)

    /// Makes a loss of a squared and an absolute part.
    ///
    /// - Parameters:
    ///   - squaredWeight: The weight of the squared error, not negative.
    ///   - absoluteWeight: The weight of the absolute error, not negative.
    public init(squaredWeight: Float, absoluteWeight: Float) {
        self.squaredWeight = squaredWeight
        self.absoluteWeight = absoluteWeight
    }

    /// The loss that the undamaged picture is expected to have, from noise alone.
    ///
    /// - Parameter deviation: The standard deviation σ of Gaussian noise.
    /// - Returns: a σ² + b σ √(2/π).
    public func expectedValue(ofNoise deviation: Double) -> Double {
        (Double(squaredWeight) * deviation + Double(absoluteWeight) * (2 / Double.pi).squareRoot())
            * deviation
    }

    /// Computes the loss of a picture.
    ///
    /// - Parameters:
    ///   - pixels: A picture x of the operator's image shape.
    ///   - measurement: What was measured, and how.
    /// - Returns: The loss.
    public func value(of pixels: Tensor<Float>, given measurement: ImageMeasurement) -> Double {
        let predicted = measurement.forwardOperator.apply(to: pixels)
        return predicted.withUnsafeBuffer { predicted in
            measurement.values.withUnsafeBuffer { wanted in
                ThreadPool.sum(over: predicted.count) { range in
                    range.reduce(0.0) { $0 + term(predicted[$1] - wanted[$1]).value }
                }
            }
        } / Double(max(predicted.count, 1))
    }

    /// Computes the loss of a picture and its gradient with respect to the picture.
    ///
    /// - Parameters:
    ///   - pixels: A picture x of the operator's image shape.
    ///   - measurement: What was measured, and how.
    /// - Returns: The loss, and its gradient in the shape of `pixels`.
    public func valueWithGradient(
        of pixels: Tensor<Float>, given measurement: ImageMeasurement
    ) -> (value: Double, gradient: Tensor<Float>) {
        let predicted = measurement.forwardOperator.apply(to: pixels)
        let scale = 1 / Float(max(predicted.count, 1))
        var value = 0.0
        let gradient = predicted.withUnsafeBuffer { predicted in
            measurement.values.withUnsafeBuffer { wanted in
                Tensor<Float>(shape: measurement.values.shape) { gradient in
                    value = ThreadPool.sum(over: gradient.count) { range in
                        var sum = 0.0
                        for i in range {
                            let term = term(predicted[i] - wanted[i])
                            sum += term.value
                            gradient.initializeElement(at: i, to: scale * term.slope)
                        }
                        return sum
                    }
                }
            }
        }
        return (
            value * Double(scale),
            measurement.forwardOperator.pullback(of: gradient, at: pixels)
        )
    }

    /// What one error adds to the sum, and its derivative.
    private func term(_ error: Float) -> (value: Double, slope: Float) {
        let sign: Float = error > 0 ? 1 : (error < 0 ? -1 : 0)
        return (
            Double((squaredWeight * error + absoluteWeight * sign) * error),
            2 * squaredWeight * error + absoluteWeight * sign
        )
    }
}
