public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

/// A linear map of rows, with or without a bias.
public struct Linear: Sendable {
    private let weight: PackedMatrix
    private let bias: Tensor<Float>?

    /// Reads the weight `NAME.weight` and, if there is one, the bias `NAME.bias`.
    ///
    /// - Parameters:
    ///   - name: The name that the tensors begin with.
    ///   - file: The file that holds them; shapes `[outputs, inputs]` and `[outputs]`.
    ///   - inputs: The number of columns of the input.
    ///   - outputs: The number of columns of the result.
    ///   - hasBias: Whether there is a bias.
    ///   - precision: The format in which numbers are multiplied.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named name: String, in file: Weights, inputs: Int, outputs: Int,
        hasBias: Bool = false, precision: Precision = .float32
    ) throws(CheckpointError) {
        let shape = [outputs, inputs]
        weight =
            if let rows = try file.rows("\(name).weight", shape: shape) {
                PackedMatrix(rows, precision: precision)
            } else {
                PackedMatrix(
                    try file.tensor("\(name).weight", shape: shape), precision: precision)
            }
        bias = hasBias ? try file.tensor("\(name).bias", shape: [outputs]) : nil
    }

    /// Maps each row.
    ///
    /// - Parameters:
    ///   - x: Shape `[M, inputs]`.
    ///   - residual: What is added before the activation, shape `[M, outputs]`.
    ///   - activation: What each sum goes through.
    /// - Returns: activation(x Wᵀ + bias + residual). Shape `[M, outputs]`.
    public func callAsFunction(
        _ x: Tensor<Float>, residual: Tensor<Float>? = nil, activation: Activation = .none
    ) -> Tensor<Float> {
        product(x, weight, bias: bias, residual: residual, activation: activation)
    }
}
