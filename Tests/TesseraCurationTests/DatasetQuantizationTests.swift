import Testing

import TesseraCuration
import TesseraTensor

@Suite struct DatasetQuantizationTests {
    /// Clusters of points around corners far from each other, dealt out in turn.
    private func clusters(_ sizes: [Int], seed: UInt64) -> (features: Tensor<Float>, names: [Int]) {
        let random = RandomSource(seed: seed)
        var names: [Int] = []
        for (name, size) in sizes.enumerated() { names += repeatElement(name, count: size) }
        names.sort { ($0 * 7919 % 13, $0) < ($1 * 7919 % 13, $1) }
        let values = names.enumerated().flatMap { place, name in
            (0 ..< 4).map { feature in
                (name == feature ? 10 : 0) + random.normal(step: feature, position: place)
            }
        }
        return (Tensor(shape: [names.count, 4], elements: values), names)
    }

    private func squaredDistance(_ features: [Float], _ a: Int, _ b: Int) -> Double {
        (0 ..< 4).reduce(0) {
            let difference = Double(features[4 * a + $1]) - Double(features[4 * b + $1])
            return $0 + difference * difference
        }
    }

    /// The bins are those of the definition, computed anew for each picture of each bin.
    @Test(arguments: 0 ..< 3 as Range<UInt64>)
    func binsAreThoseOfTheGain(seed: UInt64) {
        let (features, names) = clusters([20, 9, 2], seed: seed)
        let elements = features.elements
        var rest = Array(names.indices)
        var wanted: [[Int]] = []
        for bin in 0 ..< 4 {
            var members: [Int] = []
            while members.count < 31 * (bin + 1) / 4 - 31 * bin / 4 {
                let gains = rest.map { x in
                    members.reduce(0) { $0 + squaredDistance(elements, $1, x) }
                        - rest.reduce(0) { $0 + squaredDistance(elements, $1, x) }
                }
                let best = gains.indices.max { gains[$0] < gains[$1] } ?? 0
                members.append(rest.remove(at: best))
            }
            wanted.append(members)
        }
        let bins = DatasetQuantization(features: features, binCount: 4)
            .bins(of: Array(names.indices))
        #expect(bins == wanted)
    }

    @Test(arguments: 0 ..< 10 as Range<UInt64>)
    func everyBinHasItsShare(seed: UInt64) {
        let (features, names) = clusters([60, 30, 13], seed: seed)
        let quantization = DatasetQuantization(features: features, seed: seed)
        let selection = Set(quantization.selection(count: 25))
        for bin in quantization.bins(of: Array(names.indices)) {
            // A quarter of ten or eleven.
            #expect((2 ... 3).contains(bin.count { selection.contains($0) }))
        }
    }

    /// The part of a rare cluster among ten of a hundred varies by 1.45 around 2 in a random choice.
    @Test func rareClustersAreNearerToTheirShareThanByChance() {
        let (features, names) = clusters([80, 10, 10], seed: 1)
        var squares = 0.0
        for seed in 0 ..< 100 as Range<UInt64> {
            let selection = DatasetQuantization(features: features, seed: seed)
                .selection(count: 10)
            let rareCount = Double(selection.count { names[$0] > 0 })
            squares += (rareCount - 2) * (rareCount - 2)
        }
        #expect(squares / 100 < 1.45 * 0.9)
    }

    @Test func theSameSeedGivesTheSameForAnyThreads() {
        let (features, names) = clusters([900, 90, 10], seed: 4)
        let before = Processor.threadCount
        defer { Processor.setThreadCount(before) }
        let selections = [1, 3].map { threads in
            Processor.setThreadCount(threads)
            return DatasetQuantization(
                features: features, strataSize: 128, seed: 9
            ).selection(count: 77)
        }
        #expect(selections[0] == selections[1])
        #expect(selections[0].count == 77 && Set(selections[0]).count == 77)
        #expect(selections[0] == selections[0].sorted())
        #expect(
            selections[0]
                != DatasetQuantization(
                    features: features, strataSize: 128, seed: 8
                ).selection(count: 77))
        // Each stratum has its bins; a tenth of the pictures has nearly its share over all.
        #expect((6 ... 12).contains(selections[0].count { names[$0] > 0 }))
    }

    @Test func moreThanThereIsIsAll() {
        let (features, _) = clusters([3, 1], seed: 4)
        #expect(DatasetQuantization(features: features).selection(count: 9) == [0, 1, 2, 3])
        let nothing = Tensor<Float>(shape: [0, 4], elements: [])
        #expect(DatasetQuantization(features: nothing).selection(count: 9).isEmpty)
    }
}
