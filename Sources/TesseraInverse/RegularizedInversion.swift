public import TesseraTensor

/// The smooth picture that best explains a measurement by a linear operator.
///
/// It minimises ‖A x - y‖² / σ² + Σ (difference of neighbours)² / s² + ‖x‖² / τ² by conjugate gradients:
/// the most probable picture under normal noise of deviation σ, whose neighbouring pixels differ by
/// about s and whose pixels lie about τ from 0. Pictures are seen as what is left after something was
/// taken away, such as gray or another picture, so that 0 is what is expected without a measurement.
///
/// M. Hestenes and E. Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952.
public struct RegularizedInversion: Sendable {
    /// σ: the standard deviation of the measurement's noise; at least a third of an 8-bit level counts.
    public var noise: Double

    /// s: the usual difference of neighbouring pixels, in units of [-1, 1].
    public var difference: Double

    /// τ: the usual distance of a pixel from 0, in units of [-1, 1].
    public var magnitude: Double

    /// The number of iterations; each applies the operator and its adjoint once.
    public var iterationCount = 30

    /// Plans an inversion.
    ///
    /// - Parameters:
    ///   - noise: σ of the measurement.
    ///   - difference: s, the usual difference of neighbouring pixels.
    ///   - magnitude: τ, the usual distance of a pixel from 0.
    public init(noise: Double, difference: Double, magnitude: Double) {
        self.noise = noise
        self.difference = difference
        self.magnitude = magnitude
    }

    /// Inverts a measurement.
    ///
    /// - Parameters:
    ///   - measurement: y, of the operator's measurement shape.
    ///   - map: The operator A.
    /// - Returns: x, of the operator's image shape.
    public func picture(
        explaining measurement: Tensor<Float>, by map: some LinearOperator
    ) -> Tensor<Float> {
        let variance = max(noise, 1.0 / 3 / 127.5) * max(noise, 1.0 / 3 / 127.5)
        let smoothness = Float(variance / (difference * difference))
        let shrinkage = Float(variance / (magnitude * magnitude))
        var residual = map.applyAdjoint(to: measurement)
        var picture = Tensor<Float>(shape: residual.shape, repeating: 0)
        var direction = residual
        var energy = residual.innerProduct(with: residual)
        let first = energy
        for _ in 0 ..< iterationCount where energy > 1e-10 * first {
            let image = map.applyAdjoint(to: map.apply(to: direction))
                .adding(direction.laplacian.mapped { smoothness * $0 })
                .combined(with: direction) { $0 + shrinkage * $1 }
            let step = Float(energy / direction.innerProduct(with: image))
            picture = picture.combined(with: direction) { $0 + step * $1 }
            residual = residual.combined(with: image) { $0 - step * $1 }
            let newEnergy = residual.innerProduct(with: residual)
            let carried = Float(newEnergy / energy)
            direction = residual.combined(with: direction) { $0 + carried * $1 }
            energy = newEnergy
        }
        return picture
    }
}

extension Tensor<Float> {
    /// The sum over neighbours of a pixel's difference from them: half the gradient of Σ difference².
    fileprivate var laplacian: Tensor {
        let (height, row, channels) = (shape[1], shape[2] * shape[3], shape[3])
        return withUnsafeBuffer { values in
            Tensor(shape: shape) { result in
                result.initialize(repeating: 0)
                for y in 0 ..< height {
                    let first = y * row
                    for i in first ..< first + row - channels {
                        let difference = values[i + channels] - values[i]
                        result[i] -= difference
                        result[i + channels] += difference
                    }
                    guard y + 1 < height else { continue }
                    for i in first ..< first + row {
                        let difference = values[i + row] - values[i]
                        result[i] -= difference
                        result[i + row] += difference
                    }
                }
            }
        }
    }
}
