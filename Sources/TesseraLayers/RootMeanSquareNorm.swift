public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

/// Scales each row to a root mean square of 1, then each column by a gain.
///
/// B. Zhang and R. Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019.
public struct RootMeanSquareNorm: Sendable {
    /// What is added to the mean square, so that a row of zeros stays zero.
    public static let epsilon: Float = 1e-6

    private let gain: Tensor<Float>

    /// Reads the gain `NAME.gain`.
    ///
    /// - Parameters:
    ///   - name: The name that the tensor begins with.
    ///   - file: The file that holds it; shape `[width]`.
    ///   - width: The number of columns.
    /// - Throws: ``CheckpointError`` if the tensor is absent or has another shape.
    public init(named name: String, in file: Weights, width: Int) throws(CheckpointError) {
        gain = try file.tensor("\(name).gain", shape: [width])
    }

    /// Normalises each row.
    ///
    /// - Parameter x: Shape `[M, width]`.
    /// - Returns: x / sqrt(mean(x²) + epsilon) · gain. Shape `[M, width]`.
    public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        rootMeanSquareNorm(x, gain: gain, epsilon: RootMeanSquareNorm.epsilon)
    }
}
