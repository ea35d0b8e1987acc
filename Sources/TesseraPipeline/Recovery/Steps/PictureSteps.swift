import TesseraInverse
import TesseraTensor
import TesseraTokens

/// The steps in which a picture, or a region of a larger one, is recovered from its measurement.
///
/// Its tokens are found, and what they decode to is made consistent with the measurement, as well as the
/// noise allows: by a denoiser where there is one that helps.
struct PictureSteps: SamplingSteps {
    private let problem: RecoveryProblem
    private let model: Model
    private let options: RecoveryOptions
    private let refinementStepCount: Int
    private var grid: GridSteps
    private var refinement: PixelSteps?
    /// What the tokens decode to, once it was asked for.
    private var sampled: Tensor<Float>?

    /// Begins a picture.
    ///
    /// - Parameters:
    ///   - problem: What is known of the picture.
    ///   - model: The model, with its prior.
    ///   - options: How to sample.
    init(solving problem: RecoveryProblem, with model: Model, options: RecoveryOptions) {
        self.problem = problem
        self.model = model
        self.options = options
        grid = GridSteps(solving: problem, with: model, options: options)
        let plan = problem.forwardOperator.splitting(noise: problem.noise, isSampled: true)
        refinementStepCount =
            options.isProjected && options.denoiser != nil ? plan?.stepCount ?? 0 : 0
    }

    mutating func next() -> SamplingProgress<Tensor<Float>>? {
        let stepCount = grid.stepCount + refinementStepCount
        if let progress = grid.next() {
            let (model, problem, isProjected) = (model, problem, options.isProjected)
            return progress.map {
                let decoded = model.tokenizer.decode(
                    $0, height: problem.height, width: problem.width)
                return isProjected ? problem.dataConsistent(decoded) : decoded
            }.counted(step: progress.step, of: stepCount)
        }
        guard refinementStepCount > 0, let denoiser = options.denoiser else { return nil }
        if refinement == nil {
            let decoded = decoded
            sampled = decoded
            refinement = PixelSteps(
                recovering: problem.measurement, from: problem.dataConsistent(decoded),
                with: denoiser)
        }
        guard let progress = refinement?.next() else { return nil }
        return progress.counted(step: grid.stepCount + progress.step, of: stepCount)
    }

    /// The pixels in [-1, 1], and how far the decoded ones are from the measurement.
    func result() -> Recovered<Tensor<Float>> {
        let decoded = decoded
        let refined = refinement?.result().image
        return Recovered(
            image: refined ?? (options.isProjected ? problem.dataConsistent(decoded) : decoded),
            residual: problem.forwardOperator.residual(of: decoded, given: problem.values),
            noise: problem.noise, decodeCount: grid.decodeCount)
    }

    private var decoded: Tensor<Float> {
        sampled
            ?? model.tokenizer.decode(
                grid.result(), height: problem.height, width: problem.width)
    }
}

extension RecoveryProblem {
    /// What is known of the pixels alone.
    fileprivate var measurement: PixelMeasurement {
        PixelMeasurement(forwardOperator: forwardOperator, values: values, noise: noise)
    }

    /// The data-consistency step: makes decoded pixels explain the measurement as well as its noise allows.
    fileprivate func dataConsistent(_ pixels: Tensor<Float>) -> Tensor<Float> {
        forwardOperator.dataConsistent(pixels, with: values, noise: noise)
    }
}
