import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct ProductTests {
    @Test func givesAProductDoneByHand() {
        let x = Tensor<Float>(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
        let weight = PackedMatrix(Tensor(shape: [2, 3], elements: [1, 0, -1, 2, 1, 0]))
        let bias = Tensor<Float>(shape: [2], elements: [10, -20])
        let residual = Tensor<Float>(shape: [2, 2], elements: [1, 2, 3, 4])
        for level in levels + [.reference] {
            let y = on(level) {
                product(x, weight, bias: bias, residual: residual, activation: .relu)
            }
            #expect(y.shape == [2, 2])
            #expect(y.elements == [9, 0, 11, 0])
        }
    }

    @Test(arguments: levels, awkwardSizes)
    func agreesWithItsSlowTwin(level: InstructionSet, rows: Int) {
        for (inputs, outputs) in [(1, 1), (3, 17), (16, 12), (61, 100), (33, 64), (7, 48)] {
            let x = randomTensor([rows, inputs], seed: 1)
            let weight = PackedMatrix(randomTensor([outputs, inputs], seed: 2))
            let bias = randomTensor([outputs], seed: 3)
            let residual = randomTensor([rows, outputs], seed: 4)
            for activation in [Activation.none, .relu, .gelu] {
                let (fast, slow) = (
                    on(level) {
                        product(x, weight, bias: bias, residual: residual, activation: activation)
                    },
                    on(.reference) {
                        product(x, weight, bias: bias, residual: residual, activation: activation)
                    }
                )
                // Rounding of up to 61 additions, in another order.
                #expect(relativeDifference(fast, slow) < 61 * Float.ulpOfOne)
            }
        }
    }

    /// Large enough for blocks that divide rows and outputs.
    @Test(arguments: levels, Precision.allCases)
    func keepsEveryBitForAnySplit(level: InstructionSet, precision: Precision) {
        let x = randomTensor([530, 90], seed: 5)
        let weight = PackedMatrix(randomTensor([470, 90], seed: 6), precision: precision)
        let whole = on(level) { product(x, weight) }.elements
        for row in [0, 23, 24, 257, 529] {
            let part = Array(x.elements[row * 90 ..< row * 90 + 90])
            let single = Tensor(shape: [1, 90], elements: part)
            let alone = on(level) { product(single, weight) }.elements
            #expect(alone == Array(whole[row * 470 ..< row * 470 + 470]))
        }
    }

    @Test(arguments: levels) func geluFollowsItsFormula(level: InstructionSet) {
        let x = Tensor<Float>(
            shape: [1001, 1], elements: (0 ... 1000).map { Float($0 - 500) / 40 })
        let one = PackedMatrix(Tensor(shape: [1, 1], repeating: 1))
        let y = on(level) { product(x, one, activation: .gelu) }.elements
        for (x, y) in zip(x.elements, y) {
            let inner = 0.7978845608028654 * (Double(x) + 0.044715 * Double(x * x * x))
            let expected = Double(x) / (1 + exponential(-2 * inner))
            // Eight units in the last place of the larger of 1 and |x|.
            #expect(abs(Double(y) - expected) < 8 * 6e-8 * max(1, abs(expected)))
        }
    }
}
