import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PreconditionTests {
    /// What a caller can get wrong.
    enum Fault: String, CaseIterable, Codable {
        case noSteps, coldSoftmax, emptyNucleus, stepsOfASchedule, foreignGrid

        var sentence: String {
            switch self {
            case .noSteps, .stepsOfASchedule: "Sampling takes at least 1 step, but got 0"
            case .coldSoftmax: "A softmax temperature is not negative, but got -1.0"
            case .emptyNucleus: "A top-p lies in (0, 1], but got 0.0"
            case .foreignGrid: "A predictor of [4, 3] codes cannot fill [4, 4]"
            }
        }

        func commit() {
            switch self {
            case .noSteps: _ = SamplerConfiguration(stepCount: 0)
            case .coldSoftmax: _ = SamplerConfiguration(softmaxTemperature: -1)
            case .emptyNucleus: _ = SamplerConfiguration(topP: 0)
            case .stepsOfASchedule: _ = MaskSchedule.cosine.maskedCounts(from: 3, stepCount: 0)
            case .foreignGrid:
                _ = MaskedSampler(
                    filling: TokenGrid(maskedHeight: 1, width: 1, vocabulary: [4, 4]),
                    using: IndifferentPredictor(), random: RandomSource(seed: 1))
            }
        }
    }

    /// A prior that is never asked.
    struct IndifferentPredictor: TokenPredictor {
        let vocabulary = [4, 3]
        let labels: [String] = []

        func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
            let layout = LogitLayout(indices: indices, vocabulary: vocabulary)
            return Logits(layout: layout, values: Tensor(shape: [layout.count], repeating: 0))
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
