import TesseraTensor

/// Adam for one tensor: steps along the mean gradient, divided by its root mean square.
///
/// D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1, with
/// its constants β₁ = 0.9 and β₂ = 0.999.
struct AdamOptimizer: Sendable {
    private var mean: Tensor<Float>
    private var square: Tensor<Float>
    private var meanDecay: Float = 1
    private var squareDecay: Float = 1

    init(shape: [Int]) {
        mean = Tensor(shape: shape, repeating: 0)
        square = mean
    }

    /// Moves values against their gradient.
    ///
    /// - Parameters:
    ///   - values: What to move.
    ///   - gradient: The gradient of the loss, in the shape of `values`.
    ///   - rate: The learning rate: about how far each value moves.
    mutating func update(_ values: inout Tensor<Float>, gradient: Tensor<Float>, rate: Float) {
        meanDecay *= 0.9
        squareDecay *= 0.999
        let meanScale = rate / (1 - meanDecay)
        let squareScale = 1 / (1 - squareDecay)
        values.withUnsafeMutableBuffer { values in
            mean.withUnsafeMutableBuffer { mean in
                square.withUnsafeMutableBuffer { square in
                    gradient.withUnsafeBuffer { gradient in
                        for i in values.indices {
                            let g = gradient[i]
                            mean[i] += 0.1 * (g - mean[i])
                            square[i] += 0.001 * (g * g - square[i])
                            // The published 1e-8 would drown gradients of large pictures.
                            let root = (square[i] * squareScale).squareRoot() + 1e-12
                            values[i] -= meanScale * mean[i] / root
                        }
                    }
                }
            }
        }
    }
}
