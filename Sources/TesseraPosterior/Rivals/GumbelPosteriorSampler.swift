import TesseraInverse
import TesseraSampler
public import TesseraTensor
public import TesseraTokens

/// Samples the tokens of a picture from distributions that gradients through Gumbel noise have fitted.
///
/// At each step the distributions q of the masked slots start from a mixture of what the prior says
/// and what the last step ended with. Gradient steps make ‖A(D(e)) - y‖ + λ Σ KL(q ‖ x_θ) small, where
/// e is the expectation under a relaxed draw from q, softmax((log q + g) / τ) with g Gumbel noise. Then
/// codes are drawn from q, and a random part of *all* slots is masked again, whether or not they were
/// masked before (star-shaped noise), so that an early mistake can be mended.
///
/// N. Murata et al., "G2D2: Gradient-Guided Discrete Diffusion for Inverse Problem Solving", arXiv
/// 2410.14710. The prior there also replaces codes by others; ours only masks, so a slot that is not
/// masked keeps its code until it is masked again.
///
/// **Edge cases:** a grid without masked slots gives no steps.
public struct GumbelPosteriorSampler: Sequence, Sendable {
    fileprivate let problem: PosteriorProblem
    fileprivate let initialEstimate: InitialEstimate?
    fileprivate let configuration: GumbelConfiguration
    fileprivate let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from. Codes that are not masked are kept.
    ///   - model: The prior, the code space and the decoder.
    ///   - measurement: What was measured, and how.
    ///   - initialEstimate: Tokens to start from, or `nil` to start at the prior.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the sampler runs.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using model: TokenModel, given measurement: ImageMeasurement,
        initialEstimate: InitialEstimate? = nil, condition: Condition = .none,
        configuration: GumbelConfiguration = GumbelConfiguration(), random: RandomSource
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
}

extension GumbelPosteriorSampler {
    /// The steps of a sampler through Gumbel noise.
    public struct Iterator: IteratorProtocol {
        private let problem: PosteriorProblem
        private let initialEstimate: InitialEstimate?
        private let configuration: GumbelConfiguration
        private let random: RandomSource
        private let free: [Int]
        private let maskedCounts: [Int]
        private var number = 0
        private var grid: TokenGrid
        /// The logits that each slot had when it was last masked: `[positions, vocabulary.sum]`.
        private var lastLogits: Tensor<Float>

        fileprivate init(_ sampler: GumbelPosteriorSampler) {
            problem = sampler.problem
            initialEstimate = sampler.initialEstimate
            configuration = sampler.configuration
            random = sampler.random
            grid = problem.grid
            free = grid.maskedIndices
            maskedCounts = configuration.schedule.maskedCounts(
                from: free.count, stepCount: configuration.stepCount)
            lastLogits = Tensor(
                shape: [grid.positionCount, problem.model.codeSpace.logitCount], repeating: 0)
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number + 1 < maskedCounts.count else { return nil }
            number += 1
            var guided = problem.prior(of: grid, guidanceScale: configuration.guidanceScale)
            if number > 1 {
                guided.start(
                    from: lastLogits,
                    weights: Array(repeating: configuration.warmStart, count: grid.positionCount))
            } else if let initialEstimate {
                guided.start(
                    from: initialEstimate.logits(in: problem.model.codeSpace),
                    weights: initialEstimate.weights)
            }
            guided.rectifyOptimizers()
            let losses = (0 ..< configuration.innerStepCount).map { descend(&guided, inner: $0) }
            guided.copyLogits(into: &lastLogits)

            let draws = guided.draws {
                random.uniform(step: number, position: $0, draw: Draw.code)
            }
            for (index, draw) in zip(grid.maskedIndices, draws) { grid[index] = draw.code }
            let estimate = grid
            for index in free.shuffled(by: {
                random.uniform(step: number, position: $0, draw: Draw.mask)
            }).prefix(maskedCounts[number]) {
                grid[index] = TokenGrid.mask
            }
            return PosteriorStep(
                number: number, stepCount: maskedCounts.count - 1, grid: grid, estimate: estimate,
                losses: losses)
        }

        /// Takes one gradient step.
        ///
        /// - Returns: The measurement loss before it.
        private func descend(_ guided: inout GuidedLogits, inner: Int) -> Double {
            let stepCount = maskedCounts.count - 1
            let space = problem.model.codeSpace
            let noise = random.part((number - 1) * configuration.innerStepCount + inner)
                .gumbels(step: 0, positions: grid.positionCount, draws: space.logitCount)
            guided.relax(with: noise, temperature: configuration.relaxationTemperature)
            let (loss, gradient) = problem.valueWithGradient(
                of: configuration.loss, at: space.expectation(of: guided.denseRelaxed))
            // The gradient of √(m L) is m / (2 √(m L)) that of the mean L over m values.
            let count = Double(problem.measurement.values.count)
            let norm = Swift.max((loss * count).squareRoot(), 1e-12)
            guided.descendRelaxed(
                along: gradient, scale: Float(count / (2 * norm)),
                rate: configuration.learningRate.value(ofStep: number, of: stepCount),
                priorWeight: configuration.priorWeight.value(ofStep: number, of: stepCount))
            return loss
        }

        /// The independent random numbers of one slot at one step.
        private enum Draw {
            static let code = 0
            static let mask = 1
        }
    }
}

extension [Int] {
    /// The same numbers in the order of a key.
    fileprivate func shuffled(by key: (Int) -> Float) -> [Int] {
        let keys = map(key)
        return indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { self[$0] }
    }
}
