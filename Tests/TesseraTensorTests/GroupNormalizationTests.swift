import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct GroupNormalizationTests {
    /// Images, height, width, channels, groups: one channel, odd, several parts.
    ///
    /// A group of a single number has no deviation; what it gives is rounding over √ε.
    static let shapes = [
        [1, 1, 3, 1, 1], [2, 3, 5, 12, 4], [1, 20, 31, 40, 8], [2, 1, 7, 18, 18],
    ]

    private func normalization(_ shape: [Int]) -> GroupNormalization {
        GroupNormalization(
            groupCount: shape[4], gain: randomTensor([shape[3]], seed: 2),
            bias: randomTensor([shape[3]], seed: 3))
    }

    @Test(arguments: levels + [.reference], shapes)
    func followsTheFormula(level: InstructionSet, shape: [Int]) {
        let x = randomTensor(Array(shape.prefix(4)), seed: 1)
        let (gain, bias) = (randomTensor([shape[3]], seed: 2), randomTensor([shape[3]], seed: 3))
        for activation in [Activation.none, .silu] {
            let y = on(level) { normalization(shape)(x, activation: activation) }
            var inPlace = x
            on(level) { normalization(shape).normalize(&inPlace, activation: activation) }
            #expect(inPlace.elements == y.elements)
            let expected = naive(x, shape, gain, bias, isSilu: activation == .silu)
            // Rounding of up to 256 additions in f32, of sums that the means and squares come from.
            #expect(relativeDifference(y, expected) < 256 * Float.ulpOfOne)
        }
    }

    @Test(arguments: levels + [.reference], shapes.dropFirst())
    func pullbackIsTheSlope(level: InstructionSet, shape: [Int]) {
        let normalization = normalization(shape)
        let x = randomTensor(Array(shape.prefix(4)), seed: 4)
        let gradient = randomTensor(x.shape, seed: 5)
        let direction = randomTensor(x.shape, seed: 6)
        for activation in [Activation.none, .silu] {
            let loss = { (x: Tensor<Float>) in
                on(level) { innerProduct(normalization(x, activation: activation), gradient) }
            }
            let pulled = on(level) {
                normalization.pullback(
                    of: gradient, trace: normalization.forward(x, activation: activation).trace)
            }
            let expected = slope(at: x, along: direction, step: 1e-3, of: loss)
            let size = innerProduct(gradient, gradient).squareRoot()
            // The third derivative times step², and rounding over the step.
            #expect(abs(innerProduct(pulled, direction) - expected) < 1e-3 * max(size, 1))
        }
    }

    /// Whole squares, squares in part, several images, and one that has too few to be summed.
    @Test(arguments: levels, [[1, 16, 16], [2, 29, 31], [3, 16, 32], [2, 12, 12]])
    func readsTheSumsOfAConvolution(level: InstructionSet, sizes: [Int]) {
        let packed = PackedConvolution(randomTensor([40, 3, 3, 16], seed: 8))
        let x = randomTensor(sizes + [16], seed: 9)
        let bias = randomTensor([40], seed: 10)
        let normalization = normalization(sizes + [40, 5])
        on(level) {
            let (output, sums) = convolutionWithSums(x, packed, bias: bias)
            #expect(output.elements == convolution(x, packed, bias: bias).elements)
            #expect((sums == nil) == (sizes[1] == 12))
            let (y, trace) = normalization.forward(output, sums: sums, activation: .silu)
            let (expected, plain) = normalization.forward(output, activation: .silu)
            // Sums of 256 numbers in f32, in another order.
            #expect(relativeDifference(y, expected) < 256 * Float.ulpOfOne)
            let gradient = randomTensor(output.shape, seed: 11)
            #expect(
                relativeDifference(
                    normalization.pullback(of: gradient, trace: trace),
                    normalization.pullback(of: gradient, trace: plain)) < 256 * Float.ulpOfOne)
        }
    }

    @Test(arguments: levels + [.reference]) func pullbackAddsAResidual(level: InstructionSet) {
        let x = randomTensor([2, 3, 5, 18], seed: 4)
        let (gradient, residual) = (
            randomTensor(x.shape, seed: 5), randomTensor(x.shape, seed: 6)
        )
        let normalization = normalization([2, 3, 5, 18, 9])
        on(level) {
            let trace = normalization.forward(x, activation: .silu).trace
            let plain = normalization.pullback(of: gradient, trace: trace)
            let fused = normalization.pullback(of: gradient, trace: trace, residual: residual)
            let sums = zip(plain.elements, residual.elements).map { $0 + $1 }
            #expect(
                relativeDifference(fused, Tensor(shape: x.shape, elements: sums))
                    < 4 * Float.ulpOfOne)
        }
    }

    @Test func keepsEveryBitForAnyThreadCount() {
        let normalization = normalization([1, 40, 41, 24, 6])
        let x = randomTensor([1, 40, 41, 24], seed: 7)
        let run = { normalization(x, activation: .silu).elements }
        // Inside a region every kernel runs on one thread.
        let alone = Tensor<Float>(shape: x.shape) { output in
            ThreadPool.run(count: 2) { part in
                if part == 0 { _ = output.initialize(from: run()) }
            }
        }
        #expect(run() == alone.elements)
    }

    private func naive(
        _ x: Tensor<Float>, _ shape: [Int], _ gain: Tensor<Float>, _ bias: Tensor<Float>,
        isSilu: Bool
    ) -> Tensor<Float> {
        let (channels, groups) = (shape[3], shape[4])
        let size = channels / groups
        let positions = shape[1] * shape[2]
        let values = x.elements.map(Double.init)
        var result = values
        for image in 0 ..< shape[0] {
            for group in 0 ..< groups {
                let indices = (0 ..< positions * size).map {
                    (image * positions + $0 / size) * channels + group * size + $0 % size
                }
                let mean = indices.reduce(0) { $0 + values[$1] } / Double(indices.count)
                let variance =
                    indices.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
                    / Double(indices.count)
                for index in indices {
                    let normal = (values[index] - mean) / (variance + 1e-6).squareRoot()
                    let channel = index % channels
                    let u =
                        normal * Double(gain.elements[channel]) + Double(bias.elements[channel])
                    result[index] = isSilu ? u / (1 + exponential(-u)) : u
                }
            }
        }
        return Tensor(shape: x.shape, elements: result.map(Float.init))
    }
}
