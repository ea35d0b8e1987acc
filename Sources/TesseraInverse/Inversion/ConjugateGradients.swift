import TesseraTensor

/// Solves M x = b for a symmetric positive M by conjugate gradients.
///
/// M. Hestenes and E. Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952.
///
/// - Parameters:
///   - target: b.
///   - start: x to start from, of the same shape.
///   - iterationCount: The most iterations; each applies M once.
///   - apply: M x.
/// - Returns: x, as near as the iterations lead.
func conjugateGradients(
    _ target: Tensor<Float>, from start: Tensor<Float>, iterationCount: Int,
    _ apply: (Tensor<Float>) -> Tensor<Float>
) -> Tensor<Float> {
    var solution = start
    var residual = target.subtracting(apply(start))
    var direction = residual
    var energy = residual.innerProduct(with: residual)
    let least = 1e-10 * target.innerProduct(with: target)
    for _ in 0 ..< iterationCount where energy > least {
        let image = apply(direction)
        let step = Float(energy / direction.innerProduct(with: image))
        solution = solution.combined(with: direction) { $0 + step * $1 }
        residual = residual.combined(with: image) { $0 - step * $1 }
        let newEnergy = residual.innerProduct(with: residual)
        let carried = Float(newEnergy / energy)
        direction = residual.combined(with: direction) { $0 + carried * $1 }
        energy = newEnergy
    }
    return solution
}
