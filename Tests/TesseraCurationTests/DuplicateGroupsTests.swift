import Testing

import TesseraCuration
import TesseraTensor

@Suite struct DuplicateGroupsTests {
    static let bitCount = 128

    /// Random codes; each of them `copies` more times with up to `flips` bits turned.
    private func planted(
        _ count: Int, copies: Int, flips: Int, seed: UInt64
    ) -> (words: [UInt64], parents: [Int]) {
        let random = RandomSource(seed: seed)
        var words: [UInt64] = []
        var parents: [Int] = []
        for index in 0 ..< count {
            let bits = random.bits(step: 0, position: index)
            let code = [
                UInt64(bits.x) << 32 | UInt64(bits.y), UInt64(bits.z) << 32 | UInt64(bits.w),
            ]
            for copy in 0 ... copies {
                var changed = code
                for flip in 0 ..< (copy == 0 ? 0 : flips) {
                    let bit = Int(random.bits(step: copy, position: index, draw: flip).x % 128)
                    changed[bit / 64] ^= 1 << UInt64(bit % 64)
                }
                words += changed
                parents.append(index * (copies + 1))
            }
        }
        return (words, parents)
    }

    private func distance(_ words: [UInt64], _ a: Int, _ b: Int) -> Int {
        (0 ..< 2).reduce(0) { $0 + (words[2 * a + $1] ^ words[2 * b + $1]).nonzeroBitCount }
    }

    @Test(arguments: [1, 300, 700])
    func findsExactlyWhatWasPlanted(count: Int) {
        // Random codes of 128 bits differ in 64 ± 6; 700 of them never in as few as 20.
        let (words, parents) = planted(count, copies: 2, flips: 8, seed: 3)
        let groups = DuplicateGroups(
            words: words, bitCount: Self.bitCount, order: Array(parents.indices), within: 8)
        #expect(groups.kept == parents.indices.filter { parents[$0] == $0 })
        #expect(groups.copies.count == 2 * count)
        for copy in groups.copies {
            #expect(copy.kept == parents[copy.index])
            #expect(copy.distance == distance(words, copy.index, copy.kept))
            #expect(copy.distance <= 8)
        }
    }

    /// With a bound at which everything resembles much else, whoever is kept is far from the others,
    /// and each copy near to the nearest that came before it.
    @Test(arguments: [1, 4])
    func keptPicturesAreFarFromEachOther(threads: Int) {
        let (words, parents) = planted(1500, copies: 0, flips: 0, seed: 5)
        let before = Processor.threadCount
        Processor.setThreadCount(threads)
        defer { Processor.setThreadCount(before) }
        let order = Array(parents.indices.reversed())
        let bound = 50
        let groups = DuplicateGroups(
            words: words, bitCount: Self.bitCount, order: order, within: bound)
        #expect(Set(groups.kept + groups.copies.map(\.index)) == Set(order))
        for (place, kept) in groups.kept.enumerated() {
            for other in groups.kept[..<place] { #expect(distance(words, kept, other) > bound) }
        }
        for copy in groups.copies {
            let earlier = groups.kept.filter { $0 > copy.index }  // The order is reversed.
            let nearest = earlier.min {
                distance(words, $0, copy.index) < distance(words, $1, copy.index)
            }
            #expect(copy.kept == nearest)
        }
    }

    @Test func nothingHasNoGroups() {
        let groups = DuplicateGroups(words: [], bitCount: 64, order: [], within: 3)
        #expect(groups.kept.isEmpty && groups.copies.isEmpty)
    }
}
