public import TesseraTensor

/// The code vectors of every slot, each slot on channels of its own.
///
/// The channels of a latent are dealt out to the slots in order: slot k of width d stands for the
/// channels k · d ..< (k + 1) · d. Every quantizer here is such a product of codebooks and differs
/// only in how it finds the nearest code. With C the block-diagonal matrix of all code vectors,
/// shape `[Σ vocabulary, channels]`, the expectation of p is one product, p C, and its pullback
/// another, g Cᵀ.
public struct SlotCodebooks: Sendable {
    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// The number of channels of each slot, d.
    public let slotWidth: Int

    /// The code vectors, slot after slot.
    ///
    /// Shape `[Σ vocabulary, slotWidth]`.
    public let vectors: Tensor<Float>

    private let expectationMatrix: PackedMatrix
    private let pullbackMatrix: PackedMatrix

    /// Makes codebooks from code vectors.
    ///
    /// - Parameters:
    ///   - vocabulary: The number of codes of each slot, none 0.
    ///   - vectors: The code vectors, slot after slot. Shape `[Σ vocabulary, slotWidth]`.
    public init(vocabulary: [Int], vectors: Tensor<Float>) {
        precondition(
            vectors.shape.count == 2 && vectors.shape[0] == vocabulary.reduce(0, +),
            "Slots of \(vocabulary) codes got code vectors of shape \(vectors.shape)")
        self.vocabulary = vocabulary
        self.slotWidth = vectors.shape[1]
        self.vectors = vectors
        let (matrix, transposed) = SlotCodebooks.matrices(vocabulary: vocabulary, vectors: vectors)
        expectationMatrix = PackedMatrix(transposed)
        pullbackMatrix = PackedMatrix(matrix)
    }

    /// The number of channels of a latent.
    public var channels: Int { vocabulary.count * slotWidth }

    /// The mean code vectors under a distribution.
    ///
    /// - Parameter probabilities: Shape `[positions, Σ vocabulary]`.
    /// - Returns: Shape `[positions, channels]`.
    public func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        product(probabilities, expectationMatrix)
    }

    /// The gradient with respect to probabilities, from that with respect to expectations.
    ///
    /// - Parameter gradient: Shape `[positions, channels]`.
    /// - Returns: Shape `[positions, Σ vocabulary]`.
    public func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        product(gradient, pullbackMatrix)
    }

    /// The code vectors of codes.
    ///
    /// - Parameter codes: Shape `[positions, vocabulary.count]`, none masked.
    /// - Returns: Shape `[positions, channels]`.
    public func embed(_ codes: [Int32]) -> Tensor<Float> {
        let slots = vocabulary.count
        precondition(
            codes.count % slots == 0,
            "\(codes.count) codes are not a whole number of positions of \(slots) slots")
        var offsets: [Int] = []
        for count in vocabulary { offsets.append((offsets.last ?? 0) + count) }
        return vectors.withUnsafeBuffer { table in
            Tensor(shape: [codes.count / slots, channels]) { latent in
                for (index, code) in codes.enumerated() {
                    let slot = index % slots
                    precondition(
                        code >= 0 && code < vocabulary[slot],
                        "Code \(code) of slot \(slot) has no vector")
                    let row = (offsets[slot] - vocabulary[slot] + Int(code)) * slotWidth
                    for channel in 0 ..< slotWidth {
                        latent[index * slotWidth + channel] = table[row + channel]
                    }
                }
            }
        }
    }

    /// The block-diagonal matrix of the code vectors and its transpose.
    private static func matrices(
        vocabulary: [Int], vectors: Tensor<Float>
    ) -> (matrix: Tensor<Float>, transposed: Tensor<Float>) {
        let width = vectors.shape[1]
        let channels = vocabulary.count * width
        let rows = vectors.shape[0]
        var matrix = [Float](repeating: 0, count: rows * channels)
        var transposed = matrix
        let elements = vectors.elements
        var row = 0
        for (slot, count) in vocabulary.enumerated() {
            for _ in 0 ..< count {
                for channel in 0 ..< width {
                    let column = slot * width + channel
                    matrix[row * channels + column] = elements[row * width + channel]
                    transposed[column * rows + row] = elements[row * width + channel]
                }
                row += 1
            }
        }
        return (
            Tensor(shape: [rows, channels], elements: matrix),
            Tensor(shape: [channels, rows], elements: transposed)
        )
    }
}
