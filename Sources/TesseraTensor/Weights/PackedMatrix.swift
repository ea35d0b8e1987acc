/// The right operand of a product, packed once into the order in which the kernel reads it.
public struct PackedMatrix: Sendable {
    enum Weights: Sendable {
        case float(PackedWeights)
        case short(ShortWeights)
    }

    let weights: Weights

    /// Packs a matrix.
    ///
    /// - Parameters:
    ///   - weight: Shape `[N, K]`: a row for each output, a column for each input.
    ///   - precision: The format of the weights and, as they are multiplied, of the inputs.
    public init(_ weight: Tensor<Float>, precision: Precision = .float32) {
        precondition(
            weight.shape.count == 2, "A packed matrix needs a shape [N, K], but got \(weight.shape)"
        )
        switch precision {
        case .float32:
            weights = .float(
                PackedWeights(weight.reshaped(to: [weight.shape[0], 1, weight.shape[1]])))
        case .bfloat16: weights = .short(ShortWeights(weight, format: .bfloat16))
        case .int8: weights = .short(ShortWeights(weight, format: .int8))
        }
    }

    /// Packs a matrix that a checkpoint stores in 8 or 4 bits.
    ///
    /// In the precision int8 its integers are multiplied as they are; in others the weights that they
    /// stand for.
    ///
    /// - Parameters:
    ///   - rows: A row for each output, a column for each input.
    ///   - precision: The format in which numbers are multiplied.
    public init(_ rows: PackedRows, precision: Precision = .float32) {
        self =
            precision == .int8
            ? PackedMatrix(weights: .short(ShortWeights(rows)))
            : PackedMatrix(rows.unpacked, precision: precision)
    }

    private init(weights: Weights) {
        self.weights = weights
    }

    /// The number of outputs, N.
    public var outputCount: Int {
        switch weights {
        case .float(let weights): weights.outputCount
        case .short(let weights): weights.outputCount
        }
    }

    /// The number of inputs, K.
    public var inputCount: Int {
        switch weights {
        case .float(let weights): weights.inputCount
        case .short(let weights): weights.inputCount
        }
    }
}
