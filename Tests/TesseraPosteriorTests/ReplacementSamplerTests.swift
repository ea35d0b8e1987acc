import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct ReplacementSamplerTests {
    let estimate = randomGrid(height: 4, width: 5, vocabulary: [9, 5], seed: 3)

    func filled(weights: [Float], revising fraction: Double) -> TokenGrid {
        ReplacementSampler(
            filling: TokenGrid(maskedHeight: 4, width: 5, vocabulary: [9, 5]),
            from: InitialEstimate(grid: estimate, weights: weights),
            using: FlatPredictor(vocabulary: [9, 5]), revisedFraction: fraction,
            random: RandomSource(seed: 1)
        ).filled()
    }

    @Test func keepsTokensOfFullWeightAndSamplesTheRest() {
        let weights = (0 ..< 20).map { Float($0 % 2) }
        let grid = filled(weights: weights, revising: 0.5)
        #expect(grid.maskedIndices.isEmpty)
        var changes = 0
        for index in grid.codes.indices {
            if weights[index / 2] == 1 {
                #expect(grid.codes[index] == estimate.codes[index])
            } else if grid.codes[index] != estimate.codes[index] {
                changes += 1
            }
        }
        #expect(changes > 5)
    }

    @Test func revisesTheLeastProbableTokens() {
        // Slot 0 has more codes, so each is less probable, and the prior likes low ones: the ten
        // highest codes of slot 0 are sampled anew.
        let ordered = (0 ..< 20).map { estimate.codes[2 * $0] }.sorted(by: >)
        let grid = filled(weights: Array(repeating: 0.5, count: 20), revising: 0.25)
        let changed = grid.codes.indices.filter { grid.codes[$0] != estimate.codes[$0] }
        #expect(!changed.isEmpty && changed.count <= 10)
        #expect(changed.allSatisfy { $0 % 2 == 0 && estimate.codes[$0] >= ordered[9] })
    }

    @Test func changesNothingOfFullWeight() {
        #expect(filled(weights: Array(repeating: 1, count: 20), revising: 1) == estimate)
    }

    @Test func keepsTokensThatWereGiven() {
        var given = TokenGrid(maskedHeight: 4, width: 5, vocabulary: [9, 5])
        for index in 6 ..< 12 { given[index] = (estimate[index] + 1) % 5 }
        let steps = Array(
            ReplacementSampler(
                filling: given,
                from: InitialEstimate(grid: estimate, weights: Array(repeating: 0, count: 20)),
                using: FlatPredictor(vocabulary: [9, 5]), random: RandomSource(seed: 1)))
        for step in steps {
            #expect(step.grid.codes[6 ..< 12] == given.codes[6 ..< 12])
            // What is masked yet is as the estimate has it.
            for index in step.grid.maskedIndices {
                #expect(step.estimate[index] == estimate[index])
            }
        }
        #expect(steps.last?.grid.maskedIndices == [])
    }
}
