import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct MaskedSamplerTests {
    let predictor = HashPredictor(vocabulary: [7, 3])

    /// A grid of 5 x 6 positions with some codes given.
    var halfGiven: TokenGrid {
        var grid = TokenGrid(maskedHeight: 5, width: 6, vocabulary: [7, 3])
        for index in stride(from: 0, to: grid.codes.count, by: 3) {
            grid[index] = Int32(index % 3)
        }
        return grid
    }

    func configuration(_ order: UnmaskingOrder) -> SamplerConfiguration {
        SamplerConfiguration(stepCount: 6, order: order)
    }

    @Test(arguments: UnmaskingOrder.allCases)
    func keepsCodesOnceTheyAreSetAndLeavesNoneMasked(order: UnmaskingOrder) {
        var last = halfGiven
        let sampler = MaskedSampler(
            filling: last, using: predictor, configuration: configuration(order),
            random: RandomSource(seed: 1))
        for step in sampler {
            for (old, new) in zip(last.codes, step.grid.codes) where old != TokenGrid.mask {
                #expect(old == new)
            }
            #expect(step.grid.maskedIndices.count < last.maskedIndices.count)
            last = step.grid
        }
        #expect(last.maskedIndices.isEmpty)
    }

    @Test(arguments: UnmaskingOrder.allCases)
    func followsTheSchedule(order: UnmaskingOrder) {
        let grid = halfGiven
        let sampler = MaskedSampler(
            filling: grid, using: predictor, configuration: configuration(order),
            random: RandomSource(seed: 1))
        let counts = sampler.map { $0.grid.maskedIndices.count }
        let wanted = MaskSchedule.cosine.maskedCounts(
            from: grid.maskedIndices.count, stepCount: 6)
        #expect(counts == Array(wanted.dropFirst()))
        #expect(sampler.map(\.number) == Array(1 ... 6))
    }

    @Test(arguments: UnmaskingOrder.allCases)
    func sameSeedGivesTheSameGridAndAnotherSeedAnother(order: UnmaskingOrder) {
        func filled(seed: UInt64, key: UInt64 = 0) -> TokenGrid {
            MaskedSampler(
                filling: halfGiven, using: predictor, condition: .label(1),
                configuration: configuration(order), random: RandomSource(seed: seed, key: key)
            ).filled()
        }
        #expect(filled(seed: 3) == filled(seed: 3))
        #expect(filled(seed: 3) != filled(seed: 4))
        #expect(filled(seed: 3) != filled(seed: 3, key: 1))
    }

    @Test func aFullGridHasNoSteps() {
        let grid = TokenGrid(height: 1, width: 2, vocabulary: [7, 3], codes: [0, 1, 2, 2])
        let sampler = MaskedSampler(
            filling: grid, using: predictor, random: RandomSource(seed: 1))
        #expect(sampler.map(\.number) == [])
        #expect(sampler.filled() == grid)
    }

    @Test(arguments: UnmaskingOrder.allCases)
    func takesNoMoreStepsThanSlots(order: UnmaskingOrder) {
        let grid = TokenGrid(maskedHeight: 1, width: 1, vocabulary: [7, 3])
        let steps = MaskedSampler(
            filling: grid, using: predictor, configuration: configuration(order),
            random: RandomSource(seed: 1)
        ).map(\.stepCount)
        #expect(steps == [2, 2])
    }

    @Test func zeroTemperaturesTakeTheMostProbableCodesSurestFirst() {
        let predictor = HashPredictor(vocabulary: [5])
        let grid = TokenGrid(maskedHeight: 2, width: 4, vocabulary: [5])
        let configuration = SamplerConfiguration(
            stepCount: 8, softmaxTemperature: 0, choiceTemperature: 0)
        let steps = Array(
            MaskedSampler(
                filling: grid, using: predictor, configuration: configuration,
                random: RandomSource(seed: 1)))
        let rows = softmax(
            predictor.logits(for: grid, at: Array(0 ..< 8), condition: .none).values.reshaped(to: [
                8, 5,
            ]))
        let best = rows.elements.indices.max { rows.elements[$0] < rows.elements[$1] }!
        #expect(steps[0].grid.codes[best / 5] == Int32(best % 5))
        #expect(steps[0].grid.maskedIndices.count == 7)
    }
}
