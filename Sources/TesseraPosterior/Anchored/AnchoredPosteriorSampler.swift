public import TesseraTensor
public import TesseraTokens

/// Samples the tokens of a picture given a measurement of it.
///
/// At each step the prior scores the masked slots; its distributions x_θ are guided to x_φ by a few
/// steps of Adam that make the decoded picture explain the measurement; then the codes that the guided
/// distributions mean are committed where they are most probable, and the rest is masked again.
///
/// What is decoded is the *quantized expectation*: ē = Σ p_k C_k, the mean code vector under
/// p = softmax φ, rounded to codes; the gradient passes through the rounding as if it were not there,
/// e = ē + stop(quantize(ē) - ē). So a code is reached that the prior deems improbable, if the measurement
/// asks for what lies between probable ones. The codes quantize(ē) are the *anchors*; the confidence of
/// an anchor is its probability under x_φ, not under x_θ.
///
/// L. Rout et al., "Test-Time Anchoring for Discrete Diffusion Posterior Sampling", arXiv 2510.02291.
/// The authors released no code; inner optimizer and selection follow the same group's later code
/// (A. Tejaswi et al., arXiv 2602.05000). Slots of a position are unmasked one by one, not together,
/// and ``PosteriorConfiguration`` lists what else can differ from the paper. Positions that the initial estimate
/// says are measured wholly are unmasked in the first half of the steps, and the others given them.
///
/// A sampler is a sequence of steps; leaving the loop cancels:
///
///     for step in AnchoredPosteriorSampler(
///         filling: grid, using: model, given: measurement, random: RandomSource(seed: 7))
///     {
///         print("step \(step.number) of \(step.stepCount): loss \(step.losses.last ?? 0)")
///     }
///
/// Anchors are not drawn; which of them are committed first is, unless
/// ``PosteriorConfiguration/choiceTemperature`` is 0. Random numbers depend on the seed, the step and
/// the slot only.
///
/// **Edge cases:** a grid without masked slots gives no steps.
public struct AnchoredPosteriorSampler: Sequence, Sendable {
    let problem: PosteriorProblem
    let initialEstimate: InitialEstimate?
    let configuration: PosteriorConfiguration
    let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from. Codes that are not masked are kept: tokens that are known,
    ///     or those of a neighbouring window.
    ///   - model: The prior, the code space and the decoder.
    ///   - measurement: What was measured, and how. The operator's picture is the grid's, or its
    ///     upper left part if the picture is no whole number of positions.
    ///   - initialEstimate: Tokens to start the guidance from, or `nil` to start at the prior.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the sampler runs.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using model: TokenModel, given measurement: ImageMeasurement,
        initialEstimate: InitialEstimate? = nil, condition: Condition = .none,
        configuration: PosteriorConfiguration = PosteriorConfiguration(), random: RandomSource
    ) {
        problem = PosteriorProblem(
            filling: grid, using: model, given: measurement, condition: condition)
        self.initialEstimate = initialEstimate
        self.configuration = configuration
        self.random = random
    }

    /// Starts from the first step.
    ///
    /// - Returns: The steps, each computed when it is asked for.
    public func makeIterator() -> Iterator {
        Iterator(self)
    }

    /// Runs all steps.
    ///
    /// - Returns: The grid after the last step, with no masked slot.
    public func filled() -> TokenGrid {
        reduce(problem.grid) { $1.grid }
    }
}
