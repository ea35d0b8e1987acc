import Foundation
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct SamplingLawTests {
    /// How often each code is drawn when every slot has the same logits.
    func frequencies(
        _ scores: [Float], condition: Condition = .none, configuration: SamplerConfiguration
    ) -> [Double] {
        let predictor = ConstantPredictor(vocabulary: [scores.count], scores: scores)
        let grid = MaskedSampler(
            filling: TokenGrid(maskedHeight: 50, width: 80, vocabulary: predictor.vocabulary),
            using: predictor, condition: condition, configuration: configuration,
            random: RandomSource(seed: 11)
        ).filled()
        return scores.indices.map { code in
            Double(grid.codes.count { Int($0) == code }) / 4000
        }
    }

    /// Four standard deviations of a frequency of 4000 draws.
    let tolerance = 4 * (0.25 / 4000).squareRoot()

    /// Steps that keep the surest codes favour probable ones, so the law holds for one step there.
    @Test(arguments: [(.confidence, 1), (.halton, 3), (.random, 3)] as [(UnmaskingOrder, Int)])
    func codesAreDrawnWithTheirProbabilities(order: UnmaskingOrder, stepCount: Int) {
        let drawn = frequencies(
            [0, log(2), log(5)],
            configuration: SamplerConfiguration(stepCount: stepCount, order: order))
        for (frequency, wanted) in zip(drawn, [1.0 / 8, 2.0 / 8, 5.0 / 8]) {
            #expect(abs(frequency - wanted) < tolerance)
        }
    }

    @Test func temperatureDividesLogits() {
        let configuration = SamplerConfiguration(stepCount: 1, softmaxTemperature: 0.5)
        let drawn = frequencies([0, log(2)], configuration: configuration)
        #expect(abs(drawn[1] - 0.8) < tolerance)
    }

    @Test func topPKeepsTheFewestCodesThatHaveTheMass() {
        let scores: [Float] = [log(0.1), log(0.5), log(0.15), log(0.25)]
        let drawn = frequencies(
            scores, configuration: SamplerConfiguration(stepCount: 1, topP: 0.7))
        #expect(drawn[0] == 0 && drawn[2] == 0)
        #expect(abs(drawn[1] - 2.0 / 3) < tolerance)
        let narrow = frequencies(
            scores, configuration: SamplerConfiguration(stepCount: 1, topP: 1e-6))
        #expect(narrow == [0, 1, 0, 0])
    }

    @Test(arguments: [(0, 0.5), (1, 0.731), (3, 0.953)] as [(Float, Double)])
    func guidancePushesTowardsTheLabel(scale: Float, wanted: Double) {
        // Logits [0, 0] without the label and [0, 1] with it: [0, s] when guided.
        let drawn = frequencies(
            [0, 0], condition: .label(0),
            configuration: SamplerConfiguration(stepCount: 1, guidanceScale: scale))
        #expect(abs(drawn[1] - wanted) < tolerance)
    }

    @Test func haltonRevealsAllPositionsBeforeTheSecondSlotOfAny() {
        let predictor = ConstantPredictor(vocabulary: [2, 2], scores: [0, 0])
        let configuration = SamplerConfiguration(
            stepCount: 2, schedule: .linear, order: .halton)
        let sampler = MaskedSampler(
            filling: TokenGrid(maskedHeight: 6, width: 7, vocabulary: [2, 2]), using: predictor,
            configuration: configuration, random: RandomSource(seed: 2))
        let first = sampler.first { _ in true }!.grid
        for position in 0 ..< first.positionCount {
            let slots = first.codes[2 * position ..< 2 * position + 2]
            #expect(slots.count { $0 == TokenGrid.mask } == 1)
        }
    }
}
