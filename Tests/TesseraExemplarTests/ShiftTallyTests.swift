import TesseraExemplar
import TesseraTensor
import Testing

@Suite struct ShiftTallyTests {
    @Test(arguments: [1, 4, 16, 121] as [Int]) func countsAsADictionaryDoes(capacity: Int) {
        let tally = ShiftTally(capacity: capacity)
        let random = RandomSource(seed: UInt64(capacity))
        // Steps of whole rows, of whole tables, and anything.
        for (round, step) in [1, 3, 512, 1024, -4096, 65_536, 40_503].enumerated() {
            tally.clear()
            #expect(tally.most.sum == 0)
            var sums: [Int32: Float] = [:]
            var most: (shift: Int32, sum: Float) = (0, 0)
            for vote in 0 ..< 4 * capacity {
                let bits = random.bits(step: round, position: vote)
                let shift = (Int32(bits.x % UInt32(capacity)) - Int32(capacity / 2)) * Int32(step)
                // Whole numbers, so that sums are exact and often the same.
                let count = Float(bits.y % 3 + 1)
                sums[shift, default: 0] += count
                if sums[shift, default: 0] > most.sum { most = (shift, sums[shift, default: 0]) }
                tally.add(count, to: shift)
                #expect(tally.most == most)
            }
            #expect(most.sum == sums.values.max())
        }
    }
}
