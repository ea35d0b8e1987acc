import Glibc
import TesseraTensor

/// Adam for the rows of one matrix: steps along the mean gradient, divided by its root mean square.
///
/// D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1, with
/// its constants β₁ = 0.9 and β₂ = 0.999. Its ε of 1e-8 would drown the gradients of large pictures,
/// each of whose pixels counts little; ours is 1e-12.
///
/// Rectified (L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020,
/// algorithm 2), the first five steps are plain steps along the mean gradient, and the division by its
/// root mean square gains weight with the number of steps that the mean is over.
struct AdamOptimizer: Sendable {
    private var mean: Tensor<Float>
    private var square: Tensor<Float>
    private var meanDecay: Float = 1
    private var squareDecay: Float = 1
    private var count = 0
    private let isRectified: Bool

    /// Rows that one thread takes at a time: some tens of microseconds.
    private static let rowsPerPart = 128

    init(shape: [Int], isRectified: Bool = false) {
        self.isRectified = isRectified
        mean = Tensor(shape: shape, repeating: 0)
        square = mean
    }

    /// Moves values against their gradient.
    ///
    /// - Parameters:
    ///   - values: What to move. Shape `[M, V]`.
    ///   - rate: The learning rate: about how far each value moves.
    ///   - slope: Writes the gradient of the loss with respect to one row, given its number and its
    ///     values. Called from several threads.
    mutating func update(
        _ values: inout Tensor<Float>, rate: Float,
        slope: (
            _ row: Int, _ values: UnsafeBufferPointer<Float>,
            _ slope: UnsafeMutableBufferPointer<Float>
        ) -> Void
    ) {
        meanDecay *= 0.9
        squareDecay *= 0.999
        count += 1
        let trust = isRectified ? rectification : 1
        let meanScale = (trust ?? 1) * rate / (1 - meanDecay)
        let squareScale = trust == nil ? nil : 1 / (1 - squareDecay)
        let (rowCount, count) = (values.shape[0], values.shape[1])
        values.withUnsafeMutableBuffer { values in
            mean.withUnsafeMutableBuffer { mean in
                square.withUnsafeMutableBuffer { square in
                    ThreadPool.run(over: rowCount, by: Self.rowsPerPart) { rows in
                        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { gradient in
                            gradient.initialize(repeating: 0)
                            for row in rows {
                                let range = row * count ..< (row + 1) * count
                                let part = UnsafeMutableBufferPointer(rebasing: values[range])
                                slope(row, UnsafeBufferPointer(part), gradient)
                                adamStep(
                                    part, gradient: UnsafeBufferPointer(gradient),
                                    means: UnsafeMutableBufferPointer(rebasing: mean[range]),
                                    squares: UnsafeMutableBufferPointer(rebasing: square[range]),
                                    rate: meanScale, squareScale: squareScale)
                            }
                        }
                    }
                }
            }
        }
    }

    /// How far the mean square can be trusted after so many steps; `nil` if not at all.
    private var rectification: Float? {
        // In 64 bits: after five steps the length is 4.996.
        let last = 2 / (1 - 0.999) - 1
        let decay = pow(0.999, Double(count))
        let length = last - 2 * Double(count) * decay / (1 - decay)
        guard length > 5 else { return nil }
        let ratio = (length - 4) * (length - 2) * last / ((last - 4) * (last - 2) * length)
        return Float(ratio.squareRoot())
    }
}
