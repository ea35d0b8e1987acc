import TesseraTensor
import TesseraTokenizer
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Levels of known distributions.
@Suite struct LevelFittingTests {
    /// J.
    ///
    /// Max, Quantizing for Minimum Distortion, 1960, table I: the positive output levels of 16
    /// for the standard normal distribution.
    static let maxLevels: [Float] = [
        0.1284, 0.3881, 0.6568, 0.9424, 1.256, 1.618, 2.069, 2.733,
    ]

    private func normalLatent(mean: Float, deviation: Float, count: Int) -> Tensor<Float> {
        let random = RandomSource(seed: 7)
        return Tensor(
            shape: [count, 1],
            elements: (0 ..< count).map { mean + deviation * random.normal(step: 0, position: $0) })
    }

    @Test func normalValuesGetThePublishedLevels() {
        // The middles of 40,000 equally likely parts, so that no sampling error is left.
        let values = (0 ..< 40_000).map { index -> Float in
            var low = -6.0
            var high = 6.0
            while high - low > 1e-9 {
                let middle = (low + high) / 2
                let below = erfc(-middle / 2.0.squareRoot()) / 2
                if below < (Double(index) + 0.5) / 40_000 { low = middle } else { high = middle }
            }
            return Float(0.5 + 2 * low)
        }
        var fitting = LevelFitting(channels: 1)
        fitting.add(Tensor(shape: [40_000, 1], elements: values))
        let levels = fitting.levels(placed: .lloydMax).elements
        let expected = (Self.maxLevels.reversed().map { -$0 } + Self.maxLevels).map { 0.5 + 2 * $0 }
        for (level, expected) in zip(levels, expected) {
            // Bins are 1/128 wide here (the values reach 8.7), and Max printed four digits.
            #expect(abs(level - expected) < 1.0 / 64)
        }
    }

    @Test func uniformValuesGetTheMiddlesOfEqualCells() {
        var fitting = LevelFitting(channels: 1)
        let values = (0 ..< 65536).map { (Float($0) + 0.5) / 32768 - 1 }
        fitting.add(Tensor(shape: [1, 256, 256, 1], elements: values))
        let levels = fitting.levels(placed: .lloydMax).elements
        for (index, level) in levels.enumerated() {
            #expect(abs(level - (Float(index) * 2 + 1 - 16) / 16) < 1e-6)
        }
    }

    @Test func fewValuesAreTheirOwnLevels() {
        var fitting = LevelFitting(channels: 2)
        fitting.add(Tensor(shape: [3, 2], elements: [5, -1, -3, -1, 5, -1]))
        let levels = fitting.levels(placed: .lloydMax, levelCount: 4).elements
        #expect(levels[0] == -3 && levels[1] == 5 && levels[4] == -1)
        for channel in [levels[0 ..< 4], levels[4 ..< 8]] {
            #expect(zip(channel, channel.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func quantileLevelsFollowMeanAndDeviation() {
        var fitting = LevelFitting(channels: 2)
        fitting.add(Tensor(shape: [4, 2], elements: [-1, 8, 1, 12, -1, 8, 1, 12]))
        let levels = fitting.levels(placed: .normalQuantile, levelCount: 2).elements
        // The mean of a half of the normal distribution cut at 3: (φ(0) - φ(3)) / (Φ(3) - 1/2).
        let half: Float = (0.398_942_28 - 0.004_431_85) / 0.498_650_1
        let expected = [-half, half, 10 - 2 * half, 10 + 2 * half]
        for (level, expected) in zip(levels, expected) { #expect(abs(level - expected) < 1e-5) }
    }

    @Test func quantileCellsAreEquallyLikely() {
        var fitting = LevelFitting(channels: 1)
        let latent = normalLatent(mean: -1, deviation: 0.3, count: 100_000)
        fitting.add(latent)
        let space = DimensionCodeSpace(
            levels: fitting.levels(placed: .normalQuantile), slotCount: 1)
        var counts = [Int](repeating: 0, count: 16)
        for code in space.quantize(latent) { counts[Int(code)] += 1 }
        // Cells end half-way between levels, not at the quantiles: a sixteenth, give or take.
        #expect(counts.allSatisfy { (4_500 ... 8_500).contains($0) })
    }

    @Test func theOrderOfLatentsDoesNotMatter() {
        let values: [Float] = [0.001, -7, 3.5, 0.25, 100, -0.5, 2, 2.5]
        var forwards = LevelFitting(channels: 1)
        var backwards = LevelFitting(channels: 1)
        for value in values { forwards.add(Tensor(shape: [1, 1], elements: [value])) }
        backwards.add(Tensor(shape: [8, 1], elements: values.reversed()))
        #expect(
            forwards.levels(placed: .lloydMax, levelCount: 3).elements
                == backwards.levels(placed: .lloydMax, levelCount: 3).elements)
        #expect(forwards.positionCount == 8)
    }

    @Test func lloydMaxErrsLeast() {
        // A skewed distribution, for which the normal assumption is wrong.
        let random = RandomSource(seed: 3)
        let values = (0 ..< 20_000).map { index -> Float in
            let x = random.normal(step: 0, position: index)
            return x * x + 0.1 * x
        }
        let latent = Tensor<Float>(shape: [20_000, 1], elements: values)
        var fitting = LevelFitting(channels: 1)
        fitting.add(latent)
        func meanSquaredError(_ placement: LevelPlacement) -> Float {
            let space = DimensionCodeSpace(levels: fitting.levels(placed: placement), slotCount: 1)
            let rounded = space.embed(space.quantize(latent)).elements
            return zip(values, rounded).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 20_000
        }
        #expect(meanSquaredError(.lloydMax) < 0.5 * meanSquaredError(.normalQuantile))
    }
}
