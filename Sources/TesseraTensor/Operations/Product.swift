/// Multiplies rows by a packed matrix: activation(x Wᵀ + bias + residual).
///
/// - Parameters:
///   - x: Shape `[M, K]`, or any shape whose last axis is K.
///   - weight: The packed matrix, `[N, K]`.
///   - bias: Added to each row. Shape `[N]`.
///   - residual: Added to the result. Shape of the result.
///   - activation: Applied last.
/// - Returns: Shape of `x` with N in place of K.
/// - Precondition: The shapes agree.
public func product(
    _ x: Tensor<Float>, _ weight: PackedMatrix, bias: Tensor<Float>? = nil,
    residual: Tensor<Float>? = nil, activation: Activation = .none
) -> Tensor<Float> {
    precondition(
        x.shape.last == weight.inputCount,
        "A product needs shapes [M, K] and [N, K], but got \(x.shape) "
            + "and [\(weight.outputCount), \(weight.inputCount)]")
    let rows = x.shape.dropLast().reduce(1, *)
    let correlation = Correlation(width: rows, outputWidth: rows)
    let epilogue = Epilogue(bias: bias, residual: residual, activation: activation)
    let shape = Array(x.shape.dropLast()) + [weight.outputCount]
    switch weight.weights {
    case .float(let weights):
        return correlation.runProduct(x, weights, epilogue, outputShape: shape)
    case .short(let weights):
        return correlation.runProduct(
            x, weights, format: weights.format, epilogue, outputShape: shape)
    }
}
