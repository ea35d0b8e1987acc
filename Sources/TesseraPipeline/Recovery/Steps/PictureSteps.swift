import TesseraInverse
import TesseraTensor
import TesseraTokens

/// The steps in which a picture, or a region of a larger one, is recovered from its measurement.
///
/// Its tokens are found, and what they decode to is made consistent with the measurement, as well as the
/// noise allows.
struct PictureSteps: SamplingSteps {
    private let problem: RecoveryProblem
    private let model: Model
    private let options: RecoveryOptions
    private var grid: GridSteps

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
    }

    mutating func next() -> SamplingProgress<Tensor<Float>>? {
        let (model, problem, isProjected) = (model, problem, options.isProjected)
        return grid.next()?.map {
            let decoded = model.tokenizer.decode(
                $0, height: problem.height, width: problem.width)
            return isProjected ? problem.dataConsistent(decoded) : decoded
        }
    }

    /// The pixels in [-1, 1], and how far the decoded ones are from the measurement.
    func result() -> Recovered<Tensor<Float>> {
        let decoded = model.tokenizer.decode(
            grid.result(), height: problem.height, width: problem.width)
        return Recovered(
            image: options.isProjected ? problem.dataConsistent(decoded) : decoded,
            residual: problem.forwardOperator.residual(of: decoded, given: problem.values),
            noise: problem.noise, decodeCount: grid.decodeCount)
    }
}

extension RecoveryProblem {
    /// The data-consistency step: makes decoded pixels explain the measurement as well as its noise allows.
    fileprivate func dataConsistent(_ pixels: Tensor<Float>) -> Tensor<Float> {
        forwardOperator.dataConsistent(pixels, with: values, noise: noise)
    }
}
