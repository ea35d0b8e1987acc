import TesseraInverse
public import TesseraTensor
public import TesseraTokens

/// Samples the tokens of a picture by turns from the prior and by the likelihood.
///
/// Two versions of the tokens are kept, x for the prior and z for the measurement, with the joint
/// density p(x) · Π κ(z_l | x_l) · exp(-m L(z) / 2σ²). κ keeps a code with probability 1 - β and else
/// draws one of the slot's N codes, so x and z grow together as β falls, and both become samples of the
/// posterior. A step draws x given z, then walks z given x and the measurement.
///
/// *x given z with a masked prior.* Say for each slot whether κ drew its code: surely where x and z
/// differ, and with probability (β/N) / (1 - β + β/N) where they agree. Given that, the drawn codes of z
/// tell nothing about x, and the others are those of x: mask the drawn ones and let the prior fill
/// them. This leaves the joint density as it is, exactly so if the prior fills one slot at a time.
///
/// *z given x* is a Metropolis walk (N. Metropolis et al., 1953) that decodes each proposal. It needs no
/// gradient.
///
/// W. Chu et al., "Split Gibbs Discrete Diffusion Posterior Sampling", arXiv 2503.01161, whose prior
/// denoises uniform noise; rectangles of the prior's codes as proposals are ours.
///
/// **Edge cases:** a grid without masked slots gives no steps.
public struct SplitGibbsSampler: Sequence, Sendable {
    let problem: PosteriorProblem
    let initialEstimate: TokenGrid?
    let configuration: SplitGibbsConfiguration
    let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from. Codes that are not masked are kept.
    ///   - model: The prior, the code space and the decoder.
    ///   - measurement: What was measured, and how.
    ///   - initialEstimate: Tokens that z starts from, none masked, or `nil` for a sample of
    ///     the prior.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the sampler runs.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using model: TokenModel, given measurement: ImageMeasurement,
        initialEstimate: TokenGrid? = nil, condition: Condition = .none,
        configuration: SplitGibbsConfiguration = SplitGibbsConfiguration(), random: RandomSource
    ) {
        problem = PosteriorProblem(
            filling: grid, using: model, given: measurement, condition: condition)
        self.initialEstimate = initialEstimate
        self.configuration = configuration
        self.random = random
    }

    /// Starts from the first step.
    ///
    /// - Returns: The steps, each computed when it is asked for; the grid of each is z.
    public func makeIterator() -> Iterator {
        Iterator(self)
    }
}
