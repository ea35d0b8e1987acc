import TesseraInverse
public import TesseraSampler
public import TesseraTensor
public import TesseraTokens

/// How best-of-n sampling runs.
public struct BestCandidateConfiguration: Sendable {
    /// The number of steps, T; at least 1.
    public var stepCount = 12

    /// The number of candidates of each step, n: each asks the prior once and is decoded once.
    public var candidateCount = 6

    /// How many slots stay masked as sampling goes on.
    public var schedule = MaskSchedule.cosine

    /// What multiplies the Gumbel noise on confidences, falling to 0 at the last step, as in MaskGIT.
    public var choiceTemperature: Float = 4.5

    /// What makes a candidate good.
    public var loss = MeasurementLoss.squared

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// Makes the default configuration.
    public init() {}
}

/// Samples the tokens of a picture and keeps, at each step, the best of n continuations.
///
/// Each candidate is a step of the prior's own sampling. Then the prior is asked what it expects of
/// the slots that are still masked; the expectation is decoded, and the candidate whose picture
/// explains the measurement best goes on. The measurement needs no gradient.
///
/// X. Li et al., "Derivative-Free Guidance in Continuous and Discrete Diffusion Models with Soft
/// Value-Based Decoding", arXiv 2408.08252: SVDD-PM, in the limit that takes the best.
///
/// **Edge cases:** a grid without masked slots gives no steps; a measurement of nothing, or one
/// candidate, gives samples of the prior.
public struct BestCandidateSampler: Sequence, Sendable {
    private let problem: PosteriorProblem
    private let configuration: BestCandidateConfiguration
    private let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from. Codes that are not masked are kept.
    ///   - model: The prior, the code space and the decoder.
    ///   - measurement: What was measured, and how.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the sampler runs.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using model: TokenModel, given measurement: ImageMeasurement,
        condition: Condition = .none,
        configuration: BestCandidateConfiguration = BestCandidateConfiguration(),
        random: RandomSource
    ) {
        precondition(configuration.candidateCount >= 1, "The best of no candidates is none")
        problem = PosteriorProblem(
            filling: grid, using: model, given: measurement, condition: condition)
        self.configuration = configuration
        self.random = random
    }

    /// Starts from the first step.
    ///
    /// - Returns: The steps, each computed when it is asked for.
    public func makeIterator() -> Iterator {
        Iterator(problem: problem, configuration: configuration, random: random)
    }
}

extension BestCandidateSampler {
    /// The steps of a best-of-n sampler.
    public struct Iterator: IteratorProtocol {
        private let problem: PosteriorProblem
        private let configuration: BestCandidateConfiguration
        private let random: RandomSource
        private let maskedCounts: [Int]
        private var number = 0
        private var grid: TokenGrid
        private var prior: GuidedLogits

        init(
            problem: PosteriorProblem, configuration: BestCandidateConfiguration,
            random: RandomSource
        ) {
            self.problem = problem
            self.configuration = configuration
            self.random = random
            grid = problem.grid
            prior = problem.prior(of: grid, guidanceScale: configuration.guidanceScale)
            maskedCounts = configuration.schedule.maskedCounts(
                from: grid.maskedIndices.count, stepCount: configuration.stepCount)
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number + 1 < maskedCounts.count else { return nil }
            number += 1
            let space = problem.model.codeSpace
            var losses: [Double] = []
            var best: (grid: TokenGrid, prior: GuidedLogits, expectation: Tensor<Float>)?
            for candidate in 0 ..< configuration.candidateCount {
                let next = continuation(candidate)
                let expected = problem.prior(
                    of: next, guidanceScale: configuration.guidanceScale)
                let expectation = space.expectation(of: expected.denseProbabilities)
                let loss = problem.value(of: configuration.loss, at: expectation)
                if loss < losses.min() ?? .infinity || best == nil {
                    best = (next, expected, expectation)
                }
                losses.append(loss)
            }
            guard let best else { return nil }
            (grid, prior) = (best.grid, best.prior)
            return PosteriorStep(
                number: number, stepCount: maskedCounts.count - 1, grid: grid,
                estimate: grid.filled(with: space.quantize(best.expectation)), losses: losses)
        }

        /// One step of the prior's own sampling.
        private func continuation(_ candidate: Int) -> TokenGrid {
            let source = random.part(candidate)
            let choice = ConfidentChoice(
                temperature: configuration.choiceTemperature, random: source)
            let masked = grid.maskedIndices
            let draws = prior.draws { source.uniform(step: number, position: $0) }
            let committed = choice.best(
                masked.count - maskedCounts[number], of: masked,
                logProbabilities: draws.map(\.logProbability), step: number,
                of: maskedCounts.count - 1)
            var next = grid
            for place in committed { next[masked[place]] = draws[place].code }
            return next
        }
    }
}
