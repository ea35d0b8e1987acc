import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct RowFunctionTests {
    @Test(arguments: levels, awkwardSizes)
    func agreeWithTheirSlowTwins(level: InstructionSet, count: Int) {
        let x = randomTensor([5, count], seed: 1)
        let g = randomTensor([5, count], seed: 2)
        let gain = randomTensor([count], seed: 3)
        let run = {
            [
                softmax(x), softmaxPullback(g, output: softmax(x)),
                rootMeanSquareNorm(x, gain: gain),
            ]
        }
        for (fast, slow) in zip(on(level, run), on(.reference, run)) {
            // Sums of up to 61 numbers in another order, and an exponential good to 2 ulp.
            #expect(relativeDifference(fast, slow) < 64 * Float.ulpOfOne)
        }
    }

    @Test(arguments: levels + [.reference]) func softmaxSumsToOne(level: InstructionSet) {
        let x = Tensor<Float>(
            shape: [4, 5],
            elements: [0, 0, 0, 0, 0, 1e4, -1e4, 0, 3, 9999]
                + [-.infinity, 0, -.infinity, 1, 2, -300, -301, -302, -303, -304])
        let y = on(level) { softmax(x) }.elements
        for row in 0 ..< 4 {
            let total = y[row * 5 ..< row * 5 + 5].reduce(0, +)
            #expect(abs(total - 1) < 5 * Float.ulpOfOne)
        }
        #expect(y[0] == 0.2 && y[6] == 0 && y[10] == 0 && y[12] == 0)
        #expect(abs(y[9] - 0.26894142) < 1e-6 && abs(y[5] - 0.7310586) < 1e-6)
    }

    @Test(arguments: levels) func softmaxFollowsTheExponential(level: InstructionSet) {
        for x in stride(from: Float(-87), to: 0, by: 0.37) {
            let y = on(level) { softmax(Tensor(shape: [1, 2], elements: [x, 0])) }.elements
            let expected = exponential(Double(x)) / (1 + exponential(Double(x)))
            // Four units in the last place.
            #expect(abs(Double(y[0]) / expected - 1) < 5e-7)
        }
    }

    @Test(arguments: levels + [.reference]) func thePullbackIsTheSlope(level: InstructionSet) {
        let x = randomTensor([3, 19], seed: 4)
        let direction = randomTensor(x.shape, seed: 5)
        let g = randomTensor(x.shape, seed: 6)
        on(level) {
            let softmaxSlope = slope(at: x, along: direction, step: 1e-2) {
                innerProduct(softmax($0), g)
            }
            let softmaxGradient = softmaxPullback(g, output: softmax(x))
            // Central differences: step² and rounding / step.
            #expect(abs(innerProduct(softmaxGradient, direction) - softmaxSlope) < 1e-4)
        }
    }

    @Test(arguments: levels + [.reference]) func normGivesRowsOfUnitSize(level: InstructionSet) {
        let x = randomTensor([7, 37], seed: 8)
        let y = on(level) {
            rootMeanSquareNorm(x, gain: Tensor(shape: [37], repeating: 2), epsilon: 0)
        }
        let squares = innerProduct(y, y) / Double(y.count)
        #expect(abs(squares - 4) < 1e-5)
    }
}
