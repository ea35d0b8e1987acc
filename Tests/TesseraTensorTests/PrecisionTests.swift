import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct PrecisionTests {
    static let short: [Precision] = [.bfloat16, .int8]

    @Test(arguments: levels, short)
    func agreesWithItsSlowTwin(level: InstructionSet, precision: Precision) {
        for rows in awkwardSizes {
            for (inputs, outputs) in [(1, 1), (3, 17), (16, 12), (61, 100), (33, 64), (7, 48)] {
                let x = randomTensor([rows, inputs], seed: 1)
                let weight = PackedMatrix(
                    randomTensor([outputs, inputs], seed: 2), precision: precision)
                let bias = randomTensor([outputs], seed: 3)
                let residual = randomTensor([rows, outputs], seed: 4)
                for activation in [Activation.none, .relu, .gelu] {
                    let run = {
                        product(x, weight, bias: bias, residual: residual, activation: activation)
                    }
                    // Rounding of up to 61 additions, in another order; integers have none.
                    #expect(
                        relativeDifference(on(level, run), on(.reference, run))
                            < 61 * Float.ulpOfOne)
                }
            }
        }
    }

    @Test(arguments: 0 ..< 20 as Range<UInt64>)
    func noResultIsFurtherOffThanTheFormatsAllow(seed: UInt64) {
        let (rows, inputs, outputs) = (5, 61, 19)
        let x = randomTensor([rows, inputs], seed: seed).elements
        let w = randomTensor([outputs, inputs], seed: seed + 100).elements
        let weight = Tensor(shape: [outputs, inputs], elements: w)
        let input = Tensor(shape: [rows, inputs], elements: x)
        for precision in PrecisionTests.short {
            let y = product(input, PackedMatrix(weight, precision: precision)).elements
            for row in 0 ..< rows {
                let a = x[row * inputs ..< (row + 1) * inputs].map(Double.init)
                for output in 0 ..< outputs {
                    let b = w[output * inputs ..< (output + 1) * inputs].map(Double.init)
                    let exact = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                    let sizes = zip(a, b).reduce(0) { $0 + abs($1.0 * $1.1) }
                    let rounding = 61 * 1.2e-7 * sizes
                    let bound: Double
                    switch precision {
                    case .float32: bound = rounding
                    case .bfloat16: bound = sizes * (0x1p-8 + 0x1p-18) + rounding
                    case .int8:
                        let stepA = (a.map(abs).max() ?? 0) / 254
                        let stepB = (b.map(abs).max() ?? 0) / 254
                        bound =
                            zip(a, b).reduce(0) {
                                $0 + abs($1.0) * stepB + abs($1.1) * stepA + stepA * stepB
                            } + rounding
                    }
                    #expect(abs(Double(y[row * outputs + output]) - exact) <= bound)
                }
            }
        }
    }

    @Test(arguments: levels, short)
    func keepsEveryBitForAnySplit(level: InstructionSet, precision: Precision) {
        let x = randomTensor([150, 40], seed: 5)
        let weight = PackedMatrix(randomTensor([70, 40], seed: 6), precision: precision)
        let whole = on(level) { product(x, weight) }.elements
        for row in [0, 23, 24, 64, 149] {
            let part = Array(x.elements[row * 40 ..< row * 40 + 40])
            let alone = on(level) { product(Tensor(shape: [1, 40], elements: part), weight) }
            #expect(alone.elements == Array(whole[row * 70 ..< row * 70 + 70]))
        }
    }

    @Test(arguments: levels + [.reference], short)
    func zerosGiveTheBias(level: InstructionSet, precision: Precision) {
        let weight = PackedMatrix(Tensor(shape: [3, 9], repeating: 0), precision: precision)
        let bias = Tensor<Float>(shape: [3], elements: [1, -2, 3])
        let y = on(level) { product(Tensor(shape: [1, 9], repeating: 0), weight, bias: bias) }
        #expect(y.elements == bias.elements)
    }
}
