import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct BinaryCodesTests {
    /// Random words of codes, the bits that are left over cleared.
    private func words(_ count: Int, bitCount: Int, seed: UInt64) -> [UInt64] {
        let random = RandomSource(seed: seed)
        let wordCount = BinaryCodes.wordCount(bitCount: bitCount)
        return (0 ..< count * wordCount).map { place in
            let bits = random.bits(step: 0, position: place)
            let word = UInt64(bits.x) << 32 | UInt64(bits.y)
            let rest = bitCount % 64
            return rest > 0 && place % wordCount == wordCount - 1
                ? word & ((1 << UInt64(rest)) - 1) : word
        }
    }

    /// The nearest by one comparison after the other.
    private func plainNearest(
        _ query: ArraySlice<UInt64>, in codes: [UInt64], within bound: Int
    ) -> (index: Int, distance: Int)? {
        var best: (index: Int, distance: Int)?
        for index in 0 ..< codes.count / query.count {
            let code = codes[index * query.count ..< (index + 1) * query.count]
            let distance = zip(code, query).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            if distance <= min(bound, (best?.distance ?? .max) - 1) { best = (index, distance) }
        }
        return best
    }

    @Test(arguments: levels + [.reference])
    func findsWhatOneComparisonAfterTheOtherFinds(level: InstructionSet) {
        for (count, queryCount, bitCount) in [
            (0, 2, 64), (1, 1, 1), (7, 5, 64), (8, 4, 65), (9, 3, 127), (1030, 33, 576),
        ] {
            let codes = words(count, bitCount: bitCount, seed: 1)
            let queries = words(queryCount, bitCount: bitCount, seed: 2)
            let wordCount = BinaryCodes.wordCount(bitCount: bitCount)
            var list = BinaryCodes(bitCount: bitCount)
            for start in stride(from: 0, to: codes.count, by: wordCount) {
                list.append(codes[start ..< start + wordCount])
            }
            #expect(list.count == count)
            for bound in [bitCount, bitCount / 2 - bitCount / 20, 0] {
                let found = on(level) { list.nearest(to: queries, within: bound) }
                #expect(found.count == queryCount)
                for (number, found) in found.enumerated() {
                    let wanted = plainNearest(
                        queries[number * wordCount ..< (number + 1) * wordCount], in: codes,
                        within: bound)
                    #expect(found?.index == wanted?.index)
                    #expect(found?.distance == wanted?.distance)
                }
            }
        }
    }

    @Test(arguments: levels + [.reference])
    func prefersTheFirstOfEquallyNearCodes(level: InstructionSet) {
        var list = BinaryCodes(bitCount: 64)
        for index in 0 ..< 2100 { list.append([index % 17 == 16 ? 0b111 : 0b1111]) }
        let found = on(level) { list.nearest(to: [0b111, 0b1111, 0], within: 64) }
        #expect(found.map { $0?.index } == [16, 0, 16])
        #expect(found.map { $0?.distance } == [0, 0, 3])
    }
}
