/// The right operand of a product, packed once into the order in which the kernel reads it.
public struct PackedMatrix: Sendable {
    let weights: PackedWeights

    /// Packs a matrix.
    ///
    /// - Parameter weight: Shape `[N, K]`: a row for each output, a column for each input.
    public init(_ weight: Tensor<Float>) {
        precondition(
            weight.shape.count == 2, "A packed matrix needs a shape [N, K], but got \(weight.shape)"
        )
        weights = PackedWeights(weight.reshaped(to: [weight.shape[0], 1, weight.shape[1]]))
    }

    /// The number of outputs, N.
    public var outputCount: Int { weights.outputCount }
    /// The number of inputs, K.
    public var inputCount: Int { weights.inputCount }
}
