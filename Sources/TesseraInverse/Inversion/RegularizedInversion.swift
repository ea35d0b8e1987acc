public import TesseraTensor

/// The smooth picture that best explains a measurement by a linear operator.
///
/// It minimises ‖A x - y‖² / σ² + Σ w (difference of neighbours)² / s² + ‖x‖² / τ² by conjugate gradients:
/// the most probable picture under normal noise of deviation σ, whose neighbouring pixels differ by
/// about s and whose pixels lie about τ from 0. Pictures are seen as what is left after something was
/// taken away, such as gray or another picture, so that 0 is what is expected without a measurement.
///
/// With w = 1 edges are smoothed like noise. With an ``edge`` e, w = e / √(g² + e²) for pixels whose
/// differences from their right and lower neighbours have the norm g: large differences cost in
/// proportion to g and not to g², as total variation has it (L. Rudin, S. Osher and E. Fatemi,
/// "Nonlinear total variation based noise removal algorithms", Physica D 1992). The weights follow
/// the picture, and the picture the weights, a few times over (C. Vogel and M. Oman, "Iterative methods
/// for total variation denoising", SIAM Journal on Scientific Computing 1996).
///
/// M. Hestenes and E. Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952.
public struct RegularizedInversion: Sendable {
    /// σ: the standard deviation of the measurement's noise; at least a third of an 8-bit level counts.
    public var noise: Double

    /// s: the usual difference of neighbouring pixels, in units of [-1, 1].
    public var difference: Double

    /// τ: the usual distance of a pixel from 0, in units of [-1, 1].
    public var magnitude: Double

    /// e: the norm of a pixel's differences beyond which they are taken for an edge; `nil` for none.
    public var edge: Double?

    /// The number of iterations without an edge; each applies the operator and its adjoint once.
    public var iterationCount = 30

    /// With an edge, how often the weights follow the picture, and the iterations for each.
    public var rounds = (count: 6, iterationCount: 10)

    /// What a measurement without noise is taken to have: a third of an 8-bit level.
    static let leastNoise = 1.0 / 3 / 127.5

    /// Plans an inversion.
    ///
    /// - Parameters:
    ///   - noise: σ of the measurement.
    ///   - difference: s, the usual difference of neighbouring pixels.
    ///   - magnitude: τ, the usual distance of a pixel from 0.
    ///   - edge: e, the norm of a pixel's differences beyond which they are taken for an edge.
    public init(noise: Double, difference: Double, magnitude: Double, edge: Double? = nil) {
        self.noise = noise
        self.difference = difference
        self.magnitude = magnitude
        self.edge = edge
    }

    /// Inverts a measurement.
    ///
    /// - Parameters:
    ///   - measurement: y, of the operator's measurement shape.
    ///   - forwardOperator: The operator A.
    /// - Returns: x, of the operator's image shape.
    public func picture(
        explaining measurement: Tensor<Float>, by forwardOperator: some LinearOperator
    ) -> Tensor<Float> {
        let target = forwardOperator.applyAdjoint(to: measurement)
        var picture = Tensor<Float>(shape: target.shape, repeating: 0)
        var weights = Tensor<Float>(
            shape: [1, target.shape[1], target.shape[2], 1], repeating: 1)
        guard let edge else {
            improve(&picture, target, forwardOperator, weights, iterationCount: iterationCount)
            return picture
        }
        for _ in 0 ..< rounds.count {
            improve(
                &picture, target, forwardOperator, weights, iterationCount: rounds.iterationCount)
            weights = picture.smoothnessWeights(edge: Float(edge))
        }
        return picture
    }

    /// Moves a picture towards where (Aᵀ A + L + σ² / τ²) x is the target, L the weighted smoothness.
    private func improve(
        _ picture: inout Tensor<Float>, _ target: Tensor<Float>,
        _ forwardOperator: some LinearOperator,
        _ weights: Tensor<Float>, iterationCount: Int
    ) {
        let variance = max(noise, Self.leastNoise) * max(noise, Self.leastNoise)
        let smoothness = Float(variance / (difference * difference))
        let shrinkage = Float(variance / (magnitude * magnitude))
        func image(_ x: Tensor<Float>) -> Tensor<Float> {
            forwardOperator.applyAdjoint(to: forwardOperator.apply(to: x))
                .adding(x.laplacian(weights).mapped { smoothness * $0 })
                .combined(with: x) { $0 + shrinkage * $1 }
        }
        picture = conjugateGradients(
            target, from: picture, iterationCount: iterationCount, image)
    }
}

extension Tensor<Float> {
    /// e / √(g² + e²) of each pixel, g the norm of its differences from the right and lower neighbours.
    ///
    /// - Parameter edge: e.
    /// - Returns: Shape `[1, H, W, 1]`.
    fileprivate func smoothnessWeights(edge: Float) -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let row = width * channels
        return withUnsafeBuffer { values in
            Tensor(shape: [1, height, width, 1]) { weights in
                ThreadPool.run(count: height) { y in
                    for x in 0 ..< width {
                        let place = y * width + x
                        var square = edge * edge
                        for i in place * channels ..< (place + 1) * channels {
                            let right = x + 1 < width ? values[i + channels] - values[i] : 0
                            let below = y + 1 < height ? values[i + row] - values[i] : 0
                            square += right * right + below * below
                        }
                        weights.initializeElement(at: place, to: edge / square.squareRoot())
                    }
                }
            }
        }
    }

    /// The sum over neighbours of a pixel's weighted difference from them: half the gradient of
    /// Σ w difference², a pixel's weight being that of its right and lower neighbour.
    fileprivate func laplacian(_ weights: Tensor) -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let row = width * channels
        return withUnsafeBuffer { values in
            weights.withUnsafeBuffer { weights in
                Tensor(shape: shape) { result in
                    ThreadPool.run(count: height) { y in
                        for x in 0 ..< width {
                            let place = y * width + x
                            let before = x > 0 ? weights[place - 1] : 0
                            let above = y > 0 ? weights[place - width] : 0
                            for i in place * channels ..< (place + 1) * channels {
                                var sum: Float = 0
                                if x > 0 { sum += before * (values[i] - values[i - channels]) }
                                if y > 0 { sum += above * (values[i] - values[i - row]) }
                                var next: Float = 0
                                if x + 1 < width { next += values[i] - values[i + channels] }
                                if y + 1 < height { next += values[i] - values[i + row] }
                                result.initializeElement(at: i, to: sum + weights[place] * next)
                            }
                        }
                    }
                }
            }
        }
    }
}
