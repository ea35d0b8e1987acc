import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct AttentionTests {
    @Test(arguments: levels, [1, 3, 15, 16, 17, 61, 530])
    func agreesWithItsSlowTwin(level: InstructionSet, length: Int) {
        for (batch, heads, width) in [(1, 1, 1), (2, 3, 16), (1, 2, 32), (1, 2, 20), (1, 1, 64)] {
            let x = randomTensor([batch * length, 3 * heads * width], seed: UInt64(width))
            let run = {
                attention(queryKeyValue: x, batch: batch, length: length, headCount: heads)
            }
            // A mean of numbers of size 1 with weights good to a few ulp.
            #expect(relativeDifference(on(level, run), on(.reference, run)) < 64 * Float.ulpOfOne)
        }
    }

    @Test(arguments: levels, [1, 2, 15, 17, 130, 530])
    func agreesWithItsSlowTwinInBfloat16(level: InstructionSet, length: Int) {
        for (batch, heads, width) in [(1, 1, 1), (2, 3, 16), (1, 2, 32), (1, 2, 21), (1, 1, 64)] {
            let x = randomTensor([batch * length, 3 * heads * width], seed: UInt64(width))
            let run = {
                attention(
                    queryKeyValue: x, batch: batch, length: length, headCount: heads,
                    precision: .bfloat16)
            }
            let exact = attention(queryKeyValue: x, batch: batch, length: length, headCount: heads)
            func distance(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Float {
                zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
            }
            // Values are at most 1. Weights are rounded before, or after, they are divided by their
            // sum: each is off by 2⁻⁹ of itself.
            #expect(distance(on(level, run), on(.reference, run)) < 0x1p-8)
            // Scores of up to √width move by 2⁻⁸ of themselves, weights with them, values by 2⁻⁹.
            #expect(distance(on(level, run), exact) < 0x1p-5)
        }
    }

    /// Bit for bit: a query's sums do not depend on which others are asked with it.
    @Test(arguments: levels, [Precision.float32, .bfloat16])
    func someQueriesGetWhatTheyGetAmongAll(level: InstructionSet, precision: Precision) {
        let (length, heads, width) = (530, 3, 32)
        let x = randomTensor([2 * length, 3 * heads * width], seed: 9)
        let all = on(level) {
            attention(
                queryKeyValue: x, batch: 2, length: length, headCount: heads, precision: precision)
        }
        for count in [1, 7, 150, 299] {
            let places = (0 ..< 2 * count).map { $0 / count * length + $0 % count * length / count }
            let queries = x.rows(places)
            let some = on(level) {
                attention(
                    queries: queries, context: x, batch: 2, headCount: heads, precision: precision)
            }
            #expect(some.elements == all.rows(places).elements)
        }
    }

    @Test(arguments: levels + [.reference]) func meansValuesOfEqualKeys(level: InstructionSet) {
        let (length, width) = (33, 8)
        var x = randomTensor([length, 3 * width], seed: 1)
        x.withUnsafeMutableBuffer { x in
            for row in 0 ..< length {
                for c in width ..< 2 * width { x[row * 3 * width + c] = 0.5 }
            }
        }
        let y = on(level) { attention(queryKeyValue: x, batch: 1, length: length, headCount: 1) }
        let values = x.elements
        for c in 0 ..< width {
            let mean = (0 ..< length).reduce(Float(0)) {
                $0 + values[$1 * 3 * width + 2 * width + c] / Float(length)
            }
            for row in 0 ..< length { #expect(abs(y.elements[row * width + c] - mean) < 1e-5) }
        }
    }

    @Test(arguments: levels) func survivesLargeScores(level: InstructionSet) {
        var x = randomTensor([40, 48], seed: 2)
        x.withUnsafeMutableBuffer { for i in 0 ..< $0.count { $0[i] *= 100 } }
        let run = { attention(queryKeyValue: x, batch: 1, length: 40, headCount: 1) }
        // Scores near 10⁴ are rounded to 10⁻³, which the exponential turns into relative error.
        #expect(relativeDifference(on(level, run), on(.reference, run)) < 1e-2)
    }
}
