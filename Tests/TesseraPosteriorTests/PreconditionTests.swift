import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PreconditionTests {
    /// What a caller can get wrong.
    enum Fault: String, CaseIterable, Codable {
        case measurementOfAnotherShape, modelOfTwoVocabularies, gridOfAnotherSize
        case gridOfAnotherVocabulary, noCandidates, noBudget, foreignParameter,
            parameterOfAnotherKind

        var sentence: String {
            switch self {
            case .measurementOfAnotherShape:
                "A measurement of shape [1, 2, 2, 3] is needed, but got [1, 4, 4, 3]"
            case .modelOfTwoVocabularies:
                "A prior of [9, 4] codes does not fit a quantizer of [9, 5]"
            case .gridOfAnotherSize:
                "A picture of shape [1, 2, 4, 3] does not fit a grid of 1 x 3"
            case .gridOfAnotherVocabulary: "A model of [9, 5] codes cannot fill [9, 9]"
            case .noCandidates: "The best of no candidates is none"
            case .noBudget: "A budget is at least 1, but got 0"
            case .foreignParameter: "The method 'g2d2' has no parameter 'warmStart'"
            case .parameterOfAnotherKind: "The parameter 'warmStart' cannot be flag(true)"
            }
        }

        func commit() {
            switch self {
            case .measurementOfAnotherShape:
                _ = ImageMeasurement(
                    of: SuperResolution(factor: 2, height: 4, width: 4),
                    values: Tensor(shape: [1, 4, 4, 3], repeating: 0))
            case .modelOfTwoVocabularies:
                _ = TokenModel(
                    predictor: FlatPredictor(vocabulary: [9, 4]),
                    codeSpace: GridCodeSpace(vocabulary: [9, 5]),
                    decoder: LinearDecoder(latentChannels: 2))
            case .gridOfAnotherSize: _ = sample(width: 3)
            case .gridOfAnotherVocabulary: _ = sample(vocabulary: [9, 9])
            case .noCandidates:
                var configuration = BestCandidateConfiguration()
                configuration.candidateCount = 0
                _ = BestCandidateSampler(
                    filling: TokenGrid(maskedHeight: 1, width: 2, vocabulary: [9, 5]),
                    using: linearModel(), given: measurement, configuration: configuration,
                    random: RandomSource(seed: 1))
            case .noBudget: _ = RecoveryMethod.anchored.counts(forBudget: 0)
            case .foreignParameter: _ = sample(by: .gumbel, settings: ["warmStart": .number(1)])
            case .parameterOfAnotherKind: _ = sample(settings: ["warmStart": .flag(true)])
            }
        }

        private var measurement: ImageMeasurement {
            ImageMeasurement(
                of: Denoising(height: 2, width: 4),
                values: Tensor(shape: [1, 2, 4, 3], repeating: 0))
        }

        private func sample(
            by method: RecoveryMethod = .anchored, width: Int = 2, vocabulary: [Int] = [9, 5],
            settings: [String: MethodSetting] = [:]
        ) -> any Sequence<PosteriorStep> {
            let grid = TokenGrid(maskedHeight: 1, width: width, vocabulary: vocabulary)
            var input = MethodInput(
                filling: grid, using: linearModel(), given: measurement,
                initialEstimate: InitialEstimate(grid: grid), random: RandomSource(seed: 1))
            input.settings = settings
            return method.steps(input)
        }
    }

    @Test(arguments: Fault.allCases)
    func aFaultStopsWithASentence(_ fault: Fault) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [fault] in
            fault.commit()
        }
        expectSentence(fault.sentence, of: result)
    }
}
