import TesseraExemplar
import TesseraTensor
import Testing

@Suite struct BoxBlurTests {
    private func blurred(
        _ values: [Float], height: Int, width: Int, channels: Int = 1, deviation: Float
    ) -> [Float] {
        let plane = Plane<Float>(count: values.count, repeating: 0)
        for (i, value) in values.enumerated() { plane[i] = value }
        BoxBlur(standardDeviation: deviation).apply(
            to: plane, height: height, width: width, channels: channels)
        return values.indices.map { plane[$0] }
    }

    @Test(arguments: [0.6, 1, 3, 8, 40] as [Float]) func leavesAConstantAsItIs(deviation: Float) {
        // Widths above, below and far below those of the boxes.
        for (height, width) in [(1, 1), (1, 9), (7, 1), (20, 33)] {
            let values = (0 ..< height * width * 2).map { $0 % 2 == 0 ? Float(0.3) : -120 }
            let result = blurred(
                values, height: height, width: width, channels: 2, deviation: deviation)
            // A product in double, rounded to a float, six times.
            for (value, result) in zip(values, result) {
                #expect(abs(value - result) <= 6 * abs(value).ulp)
            }
        }
    }

    @Test(arguments: [0.6, 1, 2, 3, 5.5] as [Float])
    func anImpulseKeepsItsSumAndGetsTheVariance(deviation: Float) {
        let side = 2 * Int(4 * deviation) + 5
        var values = [Float](repeating: 0, count: side * side)
        values[side * side / 2] = 1
        let result = blurred(values, height: side, width: side, deviation: deviation)
        let sum = result.reduce(0, +)
        // Some hundred additions of positive numbers.
        #expect(abs(sum - 1) < 1e-4)
        var (along, across): (Float, Float) = (0, 0)
        for (i, value) in result.enumerated() {
            let (y, x) = (Float(i / side - side / 2), Float(i % side - side / 2))
            along += value * x * x
            across += value * y * y
            #expect(abs(value - result[result.count - 1 - i]) < 1e-6)
        }
        // A box that is two pixels wider has a variance that is (width + 1) / 3 larger; the nearest of
        // such sums is at most half of that away.
        let width = (4 * deviation * deviation + 1).squareRoot()
        #expect(abs(along - deviation * deviation) <= (width + 1) / 6 + 1e-3)
        #expect(abs(along - across) < 1e-3)
    }

    @Test func channelsDoNotMix() {
        let one = noise(19, 23, channels: 1, seed: 1).elements
        let other = noise(19, 23, channels: 1, seed: 2).elements
        let both = blurred(
            zip(one, other).flatMap { [$0, $1] }, height: 19, width: 23, channels: 2, deviation: 2)
        let alone = blurred(other, height: 19, width: 23, deviation: 2)
        #expect(alone.indices.allSatisfy { both[2 * $0 + 1] == alone[$0] })
    }

    @Test func givesTheSameBitsWithAnyNumberOfThreads() {
        let values = noise(50, 300, channels: 1).elements
        let results = withThreads([1, 2, 3]) {
            blurred(values, height: 50, width: 300, deviation: 3)
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}

/// What a closure gives with each number of threads.
func withThreads<Result>(_ counts: [Int], _ body: () -> Result) -> [Result] {
    let before = Processor.threadCount
    defer { Processor.setThreadCount(before) }
    return counts.map { count in
        Processor.setThreadCount(count)
        return body()
    }
}
