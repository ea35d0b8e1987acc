import Testing

import TesseraTensor

@Suite struct RandomSourceTests {
    /// The known answers of the authors' library, Random123, file `kat_vectors`.
    @Test func generatorGivesItsPublishedNumbers() {
        #expect(
            philox(counter: SIMD4(repeating: 0), key: SIMD2(0, 0))
                == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            philox(
                counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func numbersDependOnEveryArgument() {
        let first = RandomSource(seed: 1, key: 2)
        let others = [
            first.bits(step: 4, position: 5, draw: 6), first.bits(step: 3, position: 4, draw: 6),
            first.bits(step: 3, position: 5, draw: 7),
            RandomSource(seed: 9, key: 2).bits(step: 3, position: 5, draw: 6),
            RandomSource(seed: 1, key: 9).bits(step: 3, position: 5, draw: 6),
            RandomSource(seed: 2, key: 1).bits(step: 3, position: 5, draw: 6),
        ]
        let pinned = first.bits(step: 3, position: 5, draw: 6)
        #expect(!others.contains(pinned))
        #expect(pinned == RandomSource(seed: 1, key: 2).bits(step: 3, position: 5, draw: 6))
    }

    @Test func bulkGivesTheNumbersOfSingleCalls() {
        let random = RandomSource(seed: 3)
        let all = random.gumbels(step: 2, positions: 5, draws: 7).elements
        for position in 0 ..< 5 {
            for draw in 0 ..< 7 {
                #expect(
                    all[position * 7 + draw]
                        == random.gumbel(step: 2, position: position, draw: draw))
            }
        }
    }

    @Test func momentsAreThoseOfTheDistributions() {
        let random = RandomSource(seed: 4)
        let count = 20_000
        let uniform = (0 ..< count).map { random.uniform(step: 0, position: $0) }
        let normal = (0 ..< count).map { random.normal(step: 1, position: $0) }
        let gumbel = random.gumbels(step: 2, positions: count, draws: 1).elements
        #expect(uniform.allSatisfy { $0 > 0 && $0 < 1 })
        // Five standard errors of the mean of 20 000 numbers.
        #expect(abs(mean(uniform) - 0.5) < 5 * 0.29 / 141)
        #expect(abs(mean(normal)) < 5 / 141)
        #expect(abs(mean(normal.map { $0 * $0 }) - 1) < 5 * 1.41 / 141)
        #expect(abs(mean(gumbel) - 0.5772) < 5 * 1.28 / 141)
    }
}

private func mean(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) } / Double(values.count)
}
