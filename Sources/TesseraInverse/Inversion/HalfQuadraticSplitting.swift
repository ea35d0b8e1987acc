import Glibc
public import TesseraTensor

/// Plug-and-play recovery: a denoiser says what images are like, the operator what was measured.
///
/// The most probable image minimises ‖A x - y‖² / σ² + λ R(z) with x = z. With a quadratic penalty for their difference
/// the two are found in turn, as in half-quadratic splitting: x is near z and explains the measurement, z is x without
/// noise of a deviation σₖ that falls geometrically from step to step.
///
/// K. Zhang, Y. Li, W. Zuo, L. Zhang, L. Van Gool and R. Timofte, "Plug-and-Play Image Restoration with Deep Denoiser
/// Prior", TPAMI 2021.
public struct HalfQuadraticSplitting: Sendable {
    /// The number of steps, each of which asks the operator and then the denoiser; at least 1.
    public var stepCount: Int

    /// The deviation of the first step, in units of [-1, 1].
    public var firstDeviation: Double

    /// The deviation of the last step.
    public var lastDeviation: Double

    /// λ: how much the denoiser is believed beside the measurement.
    public var weight: Double

    /// How much of the image that the steps start from the result keeps, from 0 to 1.
    ///
    /// Where most of an image is missing, a model of tokens and a denoiser err in different ways.
    public var startShare: Double

    /// Plans a recovery.
    ///
    /// - Parameters:
    ///   - stepCount: The number of steps, at least 1.
    ///   - firstDeviation: The deviation of the first step, in units of [-1, 1]; at least a third of an 8-bit level
    ///     counts.
    ///   - lastDeviation: The deviation of the last step, likewise.
    ///   - weight: λ, how much the denoiser is believed beside the measurement.
    ///   - startShare: How much of the image that the steps start from the result keeps.
    public init(
        stepCount: Int, from firstDeviation: Double, to lastDeviation: Double, weight: Double,
        startShare: Double = 0
    ) {
        self.stepCount = stepCount
        self.firstDeviation = max(firstDeviation, RegularizedInversion.leastNoise)
        self.lastDeviation = max(lastDeviation, RegularizedInversion.leastNoise)
        self.weight = weight
        self.startShare = startShare
    }

    /// The deviation that the denoiser is told at a step.
    ///
    /// - Parameter step: The number of the step, counted from 0.
    /// - Returns: The deviation in units of [-1, 1].
    func deviation(at step: Int) -> Double {
        let share = stepCount > 1 ? Double(step) / Double(stepCount - 1) : 1
        return firstDeviation * pow(lastDeviation / firstDeviation, share)
    }

    /// Begins to recover an image.
    ///
    /// - Parameters:
    ///   - start: z, the image to start from, of the operator's image shape.
    ///   - measurement: y, of the operator's measurement shape.
    ///   - forwardOperator: A; it must have a proximal map.
    ///   - noise: σ of the measurement in units of [-1, 1]; at least a third of an 8-bit level counts.
    ///   - denoiser: What images are like.
    /// - Returns: z after each step, each computed when it is asked for.
    public func steps<Operator: RecoverableOperator>(
        from start: Tensor<Float>, explaining measurement: Tensor<Float>,
        by forwardOperator: Operator, noise: Double, denoiser: any PixelDenoiser
    ) -> some Sequence<Tensor<Float>> {
        let variance = pow(max(noise, RegularizedInversion.leastNoise), 2)
        return sequence(state: (step: 0, image: start)) { state in
            guard state.step < stepCount else { return nil }
            let deviation = deviation(at: state.step)
            let near = forwardOperator.proximal(
                of: state.image, given: measurement,
                weight: weight * variance / (deviation * deviation))
            guard let near else {
                preconditionFailure("A recovery by splitting needs an operator with a proximal map")
            }
            // Each step sees the image turned otherwise, so that a network's habits do not add up.
            let turn = state.step % 8
            state = (
                state.step + 1,
                denoiser.denoised(near.turned(turn), deviation: deviation).turnedBack(turn)
            )
            return state.image
        }
    }
}

extension RecoverableOperator where Self: LinearOperator {
    /// Twelve steps from the measurement alone, which suit blurs; where they start hardly matters to them.
    public func splitting(noise: Double, isSampled: Bool) -> HalfQuadraticSplitting? {
        isSampled
            ? nil
            : HalfQuadraticSplitting(
                stepCount: 12, from: 49 / 127.5, to: max(noise, 1 / 127.5), weight: 0.15)
    }

    /// Solves (Aᵀ A + weight) (x - z) = Aᵀ (y - A z) by conjugate gradients.
    public func proximal(
        of image: Tensor<Float>, given measurement: Tensor<Float>, weight: Double
    ) -> Tensor<Float>? {
        let target = applyAdjoint(to: measurement.subtracting(apply(to: image)))
        let weight = Float(weight)
        let change = conjugateGradients(
            target, from: Tensor(shape: imageShape, repeating: 0),
            iterationCount: proximalIterationCount
        ) { x in applyAdjoint(to: apply(to: x)).combined(with: x) { $0 + weight * $1 } }
        return image.adding(change)
    }
}

/// How often a proximal map applies an operator and its adjoint: its start is near already.
private let proximalIterationCount = 16
