import TesseraTensor

/// What packing did to one tensor of a model.
public struct PackedTensor: Sendable {
    /// The name of the tensor.
    public let name: String

    /// The number of weights.
    public let weightCount: Int

    /// The bytes that it took before.
    public let byteCountBefore: Int

    /// The bytes that it takes now, with its scales.
    public let byteCount: Int

    /// The root mean square of what the weights moved by, over that of the weights.
    public let relativeError: Double

    /// Compares a tensor with what it became.
    init(
        name: String, byteCountBefore: Int, byteCount: Int, weights: Tensor<Float>,
        unpacked: Tensor<Float>
    ) {
        self.name = name
        self.byteCountBefore = byteCountBefore
        self.byteCount = byteCount
        weightCount = weights.count
        let (moved, whole) = zip(weights.elements, unpacked.elements).reduce(
            into: (0.0, 0.0)
        ) { sums, pair in
            let difference = Double(pair.0) - Double(pair.1)
            sums.0 += difference * difference
            sums.1 += Double(pair.0) * Double(pair.0)
        }
        relativeError = whole > 0 ? (moved / whole).squareRoot() : 0
    }
}
