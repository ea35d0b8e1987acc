import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing

/// Posterior samplers with settings that suit a picture of four slots; their laws are in `MethodLawTests`.
@Suite struct RivalSamplerTests {
    /// The methods, at settings small enough for a test.
    enum Method: CaseIterable {
        case anchored, published, best, gumbel, gibbs

        func steps(
            _ grid: TokenGrid, _ model: TokenModel, _ measurement: ImageMeasurement,
            steps: Int, inner: Int, seed: UInt64 = 1
        ) -> [PosteriorStep] {
            let random = RandomSource(seed: seed)
            switch self {
            case .anchored, .published:
                var configuration =
                    self == .published ? .published : PosteriorConfiguration()
                (configuration.stepCount, configuration.innerStepCount) = (steps, inner)
                return Array(
                    AnchoredPosteriorSampler(
                        filling: grid, using: model, given: measurement,
                        configuration: configuration, random: random))
            case .best:
                var configuration = BestCandidateConfiguration()
                (configuration.stepCount, configuration.candidateCount) = (steps, inner)
                // So much noise that the order is random, whatever the codes are.
                configuration.choiceTemperature = 1e6
                return Array(
                    BestCandidateSampler(
                        filling: grid, using: model, given: measurement,
                        configuration: configuration, random: random))
            case .gumbel:
                var configuration = GumbelConfiguration()
                (configuration.stepCount, configuration.innerStepCount) = (steps, inner)
                // A few slots share the whole gradient, which thousands share in a photograph.
                configuration.learningRate = DecayingValue(1)
                return Array(
                    GumbelPosteriorSampler(
                        filling: grid, using: model, given: measurement,
                        configuration: configuration, random: random))
            case .gibbs:
                var configuration = SplitGibbsConfiguration()
                (configuration.stepCount, configuration.proposalCount) = (steps, inner)
                configuration.noiseStandardDeviation = 0.01
                return Array(
                    SplitGibbsSampler(
                        filling: grid, using: model, given: measurement,
                        configuration: configuration, random: random))
            }
        }

        /// Steps and decodes within a step that find four codes.
        var enough: (steps: Int, inner: Int) {
            switch self {
            case .anchored, .published: (4, 60)
            case .best: (1, 1000)
            case .gumbel: (4, 150)
            case .gibbs: (10, 200)
            }
        }
    }

    let model = linearModel()
    let truth = randomGrid(height: 1, width: 2, vocabulary: [9, 5], seed: 6)
    var masked: TokenGrid { TokenGrid(maskedHeight: 1, width: 2, vocabulary: [9, 5]) }

    var measurement: ImageMeasurement {
        let whole = SuperResolution(factor: 1, height: 2, width: 4)
        return ImageMeasurement(of: whole, values: model.decode(truth, height: 2, width: 4))
    }

    @Test(arguments: Method.allCases)
    func aFullMeasurementIsExplained(method: Method) throws {
        // Candidates find by chance what the others are led to: one position is enough for them.
        let width = method == .best ? 1 : 2
        let truth = truth.window(PositionRectangle(height: 1, width: width))
        let whole = SuperResolution(factor: 1, height: 2, width: 2 * width)
        let steps = method.steps(
            TokenGrid(maskedHeight: 1, width: width, vocabulary: [9, 5]), model,
            ImageMeasurement(of: whole, values: model.decode(truth, height: 2, width: 2 * width)),
            steps: method.enough.steps, inner: method.enough.inner)
        #expect(try #require(steps.last).grid == truth)
    }

    @Test func moreCandidatesExplainMore() throws {
        func loss(candidates: Int) -> Double {
            (0 ..< 20).reduce(0.0) { sum, seed in
                let steps = Method.best.steps(
                    masked, model, measurement, steps: 2, inner: candidates, seed: UInt64(seed))
                return sum + (steps.last?.losses.min() ?? .infinity)
            }
        }
        #expect(loss(candidates: 16) < 0.5 * loss(candidates: 1))
    }
}
