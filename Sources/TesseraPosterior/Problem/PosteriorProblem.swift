import TesseraInverse
import TesseraSampler
import TesseraTensor
import TesseraTokens

/// What every posterior sampler is given: tokens to fill, a model, and a measurement to explain.
struct PosteriorProblem: Sendable {
    /// The tokens to start from; codes that are not masked are kept.
    let grid: TokenGrid

    /// The prior, the code space and the decoder.
    let model: TokenModel

    /// What was measured, and how.
    let measurement: ImageMeasurement

    /// What the prior is told of the picture beside its tokens.
    let condition: Condition

    /// Puts the parts together, after a check that they fit.
    init(
        filling grid: TokenGrid, using model: TokenModel, given measurement: ImageMeasurement,
        condition: Condition
    ) {
        let side = model.decoder.pixelsPerToken
        let shape = measurement.forwardOperator.imageShape
        let (rows, columns) = ((shape[1] + side - 1) / side, (shape[2] + side - 1) / side)
        precondition(
            grid.height == rows && grid.width == columns,
            "A picture of shape \(shape) does not fit a grid of \(grid.height) x \(grid.width)")
        precondition(
            grid.vocabulary == model.codeSpace.vocabulary,
            "A model of \(model.codeSpace.vocabulary) codes cannot fill \(grid.vocabulary)")
        self.grid = grid
        self.model = model
        self.measurement = measurement
        self.condition = condition
    }

    /// What the prior says of all masked slots of a grid, as the samplers optimize and draw it.
    func prior(of grid: TokenGrid, guidanceScale: Float) -> GuidedLogits {
        GuidedLogits(
            grid: grid,
            logits: model.predictor.logits(
                for: grid, at: grid.maskedIndices, condition: condition,
                guidanceScale: guidanceScale))
    }

    /// Decodes latents of shape `[positions, latentChannels]` and measures the picture.
    func value(of loss: MeasurementLoss, at latent: Tensor<Float>) -> Double {
        let shape = measurement.forwardOperator.imageShape
        let decoded = model.decoder.decode(onGrid(latent))
        return loss.value(
            of: decoded.cut(toHeight: shape[1], width: shape[2]), given: measurement)
    }

    /// The same, with the gradient by the probabilities whose expectation the latents are.
    func valueWithGradient(
        of loss: MeasurementLoss, at latent: Tensor<Float>
    ) -> (loss: Double, gradient: Tensor<Float>) {
        let shape = measurement.forwardOperator.imageShape
        let (decoded, pullback) = model.decoder.decodeWithPullback(onGrid(latent))
        let (value, slope) = loss.valueWithGradient(
            of: decoded.cut(toHeight: shape[1], width: shape[2]), given: measurement)
        let whole = slope.cutPullback(fromHeight: decoded.shape[1], width: decoded.shape[2])
        return (
            value,
            model.codeSpace.expectationPullback(of: pullback(whole).reshaped(to: latent.shape))
        )
    }

    private func onGrid(_ latent: Tensor<Float>) -> Tensor<Float> {
        latent.reshaped(to: [1, grid.height, grid.width, model.codeSpace.latentChannels])
    }
}

extension RandomSource {
    /// An independent source for one part of an algorithm, such as one of several candidates.
    ///
    /// - Parameter number: Which part, not negative.
    /// - Returns: A source that shares no numbers with this one.
    func part(_ number: Int) -> RandomSource {
        let words = bits(step: Int(UInt32.max), position: number)
        return RandomSource(
            seed: UInt64(words.x) << 32 | UInt64(words.y),
            key: UInt64(words.z) << 32 | UInt64(words.w))
    }
}
