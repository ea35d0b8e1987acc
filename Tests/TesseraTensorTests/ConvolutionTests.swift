import Testing

import TesseraTensor
import _TesseraTestSupport

/// A convolution to be tested: kernel, stride, channels and the size of the image.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var kernel: Int
    var stride: Int
    var inputs: Int
    var outputs: Int
    var height: Int
    var width: Int

    var testDescription: String {
        "\(kernel)x\(kernel)/\(stride) \(inputs)->\(outputs) on \(height)x\(width)"
    }

    var weight: Tensor<Float> { randomTensor([outputs, kernel, kernel, inputs], seed: 2) }
    var packed: PackedConvolution { PackedConvolution(weight, stride: stride) }
    var x: Tensor<Float> { randomTensor([2, height, width, inputs], seed: 1) }
    var outputShape: [Int] {
        [2, (height + stride - 1) / stride, (width + stride - 1) / stride, outputs]
    }

    static let all = [
        ConvolutionCase(kernel: 3, stride: 1, inputs: 3, outputs: 5, height: 1, width: 1),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 12, outputs: 32, height: 3, width: 17),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 32, outputs: 12, height: 9, width: 24),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 5, outputs: 61, height: 16, width: 2),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 16, outputs: 48, height: 17, width: 13),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 32, outputs: 16, height: 4, width: 19),
        ConvolutionCase(kernel: 3, stride: 2, inputs: 8, outputs: 16, height: 7, width: 9),
        ConvolutionCase(kernel: 3, stride: 2, inputs: 16, outputs: 40, height: 8, width: 34),
        ConvolutionCase(kernel: 1, stride: 1, inputs: 17, outputs: 8, height: 5, width: 13),
        ConvolutionCase(kernel: 1, stride: 1, inputs: 18, outputs: 40, height: 5, width: 13),
        ConvolutionCase(kernel: 1, stride: 2, inputs: 4, outputs: 20, height: 6, width: 11),
    ]
}

@Suite struct ConvolutionTests {
    /// Outputs of 8 MB are written past the caches.
    @Test(arguments: levels) func writesLargeOutputs(level: InstructionSet) {
        let test = ConvolutionCase(
            kernel: 3, stride: 1, inputs: 16, outputs: 32, height: 255, width: 258)
        let whole = on(level) { convolution(test.x, test.packed, activation: .relu) }
        // Lines of an image of its own, which is small; the outermost read zeros there.
        let x = Tensor(
            shape: [1, 23, 258, 16], elements: Array(test.x.elements[0 ..< 23 * 258 * 16]))
        let part = on(level) { convolution(x, test.packed, activation: .relu) }
        let count = 20 * 258 * 32
        #expect(whole.elements[0 ..< count] == part.elements[0 ..< count])
    }

    @Test(arguments: ConvolutionCase.all)
    func slowTwinFollowsTheFormula(of test: ConvolutionCase) {
        let y = on(.reference) { convolution(test.x, test.packed) }
        #expect(y.shape == test.outputShape)
        // Rounding of at most 9 * 32 additions.
        #expect(relativeDifference(y, naiveConvolution(test)) < 300 * Float.ulpOfOne)
    }

    @Test(arguments: levels, ConvolutionCase.all)
    func agreesWithItsSlowTwin(level: InstructionSet, on test: ConvolutionCase) {
        let bias = randomTensor([test.outputs], seed: 3)
        let residual = randomTensor(test.outputShape, seed: 4)
        let (x, packed) = (test.x, test.packed)
        for activation in [Activation.none, .relu, .gelu] {
            let run = {
                convolution(x, packed, bias: bias, residual: residual, activation: activation)
            }
            // Rounding of at most 9 * 32 additions.
            #expect(
                relativeDifference(on(level, run), on(.reference, run)) < 300 * Float.ulpOfOne)
        }
    }

    @Test(arguments: levels, ConvolutionCase.all)
    func bfloat16IsNear(level: InstructionSet, on test: ConvolutionCase) {
        let gradient = randomTensor(test.outputShape, seed: 5)
        let (x, packed) = (test.x, test.packed)
        let run = { (precision: Precision) in
            [
                convolution(x, packed, activation: .relu, precision: precision),
                convolutionPullback(
                    gradient, packed, inputHeight: test.height, inputWidth: test.width,
                    precision: precision),
            ]
        }
        for (short, exact) in zip(on(level) { run(.bfloat16) }, on(.reference) { run(.float32) }) {
            // Factors off by 2⁻⁹, of which Winograd's interpolation makes ten times more at worst.
            #expect(relativeDifference(short, exact) < 0.03)
        }
    }

    /// What adds up tap by tap in every format.
    static let direct = ConvolutionCase.all.filter { $0.stride == 2 || $0.inputs % 16 > 0 }

    @Test(arguments: levels, direct)
    func bfloat16AgreesWithItsSlowTwin(level: InstructionSet, on test: ConvolutionCase) {
        let bias = randomTensor([test.outputs], seed: 3)
        let residual = randomTensor(test.outputShape, seed: 4)
        let (x, packed) = (test.x, test.packed)
        let run = {
            convolution(
                x, packed, bias: bias, residual: residual, activation: .relu, precision: .bfloat16)
        }
        // The same roundings to bf16, and those of at most 9 * 32 additions in another order.
        #expect(relativeDifference(on(level, run), on(.reference, run)) < 300 * Float.ulpOfOne)
    }

    @Test(arguments: levels + [.reference], ConvolutionCase.all)
    func pullbackIsTheAdjoint(level: InstructionSet, of test: ConvolutionCase) {
        let gradient = randomTensor(test.outputShape, seed: 5)
        let (x, packed) = (test.x, test.packed)
        let (forward, backward) = on(level) {
            (
                convolution(x, packed),
                convolutionPullback(
                    gradient, packed, inputHeight: test.height, inputWidth: test.width)
            )
        }
        #expect(backward.shape == test.x.shape)
        let (left, right) = (innerProduct(forward, gradient), innerProduct(x, backward))
        let size = innerProduct(forward, forward).squareRoot() * Double(gradient.count).squareRoot()
        // Float rounding, as a part of the product of the lengths.
        #expect(abs(left - right) < 1e-6 * max(size, 1))
    }

    @Test(arguments: levels + [.reference], ConvolutionCase.all)
    func pullbackAddsAndMasksAsSeparateStepsDo(level: InstructionSet, of test: ConvolutionCase) {
        let gradient = randomTensor(test.outputShape, seed: 5)
        let (residual, x) = (randomTensor(test.x.shape, seed: 6), test.x)
        let packed = test.packed
        on(level) {
            let plain = convolutionPullback(
                gradient, packed, inputHeight: test.height, inputWidth: test.width)
            let fused = convolutionPullback(
                gradient, packed, inputHeight: test.height, inputWidth: test.width,
                residual: residual, throughRelu: PositiveMask(x))
            let sums = zip(plain.elements, residual.elements).map { $0 + $1 }
            // The same operations in the same order.
            #expect(fused.elements == zip(sums, x.elements).map { $1 > 0 ? $0 : 0 })
        }
    }

    @Test(arguments: levels + [.reference], ConvolutionCase.all)
    func writesDownWhereItIsPositive(level: InstructionSet, of test: ConvolutionCase) {
        let gradient = randomTensor(test.outputShape, seed: 5)
        on(level) {
            let (output, positives) = convolutionWithMask(test.x, test.packed)
            #expect(
                output.elements == convolution(test.x, test.packed, activation: .relu).elements)
            // The identity's pullback passes what the mask lets pass.
            let passed = convolutionPullback(
                gradient, identity(test.outputs), inputHeight: test.outputShape[1],
                inputWidth: test.outputShape[2], throughRelu: positives)
            #expect(
                passed.elements == zip(gradient.elements, output.elements).map { $1 > 0 ? $0 : 0 })
        }
    }

    /// Sizes that fill squares and that do not, and channels of which a quarter fills panels.
    static let rearranged = [
        ConvolutionCase(kernel: 3, stride: 1, inputs: 64, outputs: 64, height: 16, width: 16),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 16, outputs: 128, height: 9, width: 23),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 48, outputs: 12, height: 10, width: 7),
        ConvolutionCase(kernel: 3, stride: 1, inputs: 8, outputs: 64, height: 5, width: 4),
        ConvolutionCase(kernel: 1, stride: 1, inputs: 16, outputs: 64, height: 3, width: 5),
    ]

    @Test(arguments: levels + [.reference], rearranged)
    func rearrangesAsSeparateStepsDo(level: InstructionSet, of test: ConvolutionCase) {
        let bias = randomTensor([test.outputs], seed: 3)
        let (height, width) = (test.height, test.width)
        let large = randomTensor([2, 2 * height, 2 * width, test.outputs], seed: 7)
        let shuffled = randomTensor([2, 2 * height, 2 * width, test.outputs / 4], seed: 8)
        let (x, packed) = (test.x, test.packed)
        for precision in [Precision.float32, .bfloat16] {
            on(level) {
                let upsampled = convolution(
                    x, packed, bias: bias, activation: .relu, rearrangement: .upsampledBefore,
                    precision: precision)
                let separate = convolution(
                    nearestUpsample(x), packed, bias: bias, activation: .relu,
                    precision: precision)
                #expect(upsampled.elements == separate.elements)
                let pooled = convolutionPullback(
                    large, packed, inputHeight: height, inputWidth: width,
                    rearrangement: .upsampledBefore, precision: precision)
                let summed = nearestUpsamplePullback(
                    convolutionPullback(
                        large, packed, inputHeight: 2 * height, inputWidth: 2 * width,
                        precision: precision))
                #expect(pooled.elements == summed.elements)

                let residual = shuffled
                let stored = convolution(
                    x, packed, bias: bias, residual: residual, activation: .relu,
                    rearrangement: .shuffledAfter, precision: precision)
                let moved = pixelShuffle(
                    convolution(
                        x, packed, bias: bias, residual: pixelUnshuffle(residual),
                        activation: .relu, precision: precision))
                #expect(stored.elements == moved.elements)
                let (masked, positives) = convolutionWithMask(
                    x, packed, bias: bias, residual: residual, rearrangement: .shuffledAfter,
                    precision: precision)
                #expect(masked.elements == stored.elements)
                #expect(positives.shape == stored.shape)
                let read = convolutionPullback(
                    shuffled, packed, inputHeight: height, inputWidth: width,
                    throughRelu: PositiveMask(x), rearrangement: .shuffledAfter,
                    precision: precision)
                let unshuffled = convolutionPullback(
                    pixelUnshuffle(shuffled), packed, inputHeight: height, inputWidth: width,
                    throughRelu: PositiveMask(x), precision: precision)
                #expect(read.elements == unshuffled.elements)
            }
        }
    }

    @Test(arguments: PackedRows.Format.allCases)
    func packedRowsGiveWhatTheirWeightsGive(format: PackedRows.Format) {
        let shape = [24, 3, 3, 16]
        let rows = PackedRows(packing: randomTensor([24, 144], seed: 2), as: format)
        let (packed, plain) = (
            PackedConvolution(rows, shape: shape),
            PackedConvolution(rows.unpacked.reshaped(to: shape))
        )
        let (x, gradient) = (
            randomTensor([1, 13, 18, 16], seed: 1), randomTensor([1, 13, 18, 24], seed: 3)
        )
        for precision in [Precision.float32, .bfloat16] {
            #expect(
                convolution(x, packed, precision: precision).elements
                    == convolution(x, plain, precision: precision).elements)
            let back = [packed, plain].map {
                convolutionPullback(
                    gradient, $0, inputHeight: 13, inputWidth: 18, precision: precision
                ).elements
            }
            #expect(back[0] == back[1])
        }
    }

    @Test(arguments: levels) func pullbackThroughReluIsTheSlope(level: InstructionSet) {
        let packed = PackedConvolution(randomTensor([8, 3, 3, 4], seed: 6))
        let x = randomTensor([1, 5, 6, 4], seed: 7)
        let direction = randomTensor(x.shape, seed: 8)
        let loss = { (x: Tensor<Float>) in
            let y = convolution(x, packed, activation: .relu)
            return innerProduct(y, y) / 2
        }
        on(level) {
            let y = convolution(x, packed, activation: .relu)
            // The loss's gradient is y, which is 0 where the relu does not let it pass.
            let gradient = convolutionPullback(y, packed, inputHeight: 5, inputWidth: 6)
            let expected = slope(at: x, along: direction, step: 1e-3, of: loss)
            // The squared relu has a continuous slope; what is left is step² and rounding / step.
            #expect(
                abs(innerProduct(gradient, direction) - expected) < 1e-3 * max(abs(expected), 1))
        }
    }

    @Test(arguments: levels, [1, 2])
    func keepsEveryBitForAnyThreadCount(level: InstructionSet, stride: Int) {
        let packed = PackedConvolution(randomTensor([20, 3, 3, 16], seed: 9), stride: stride)
        let x = randomTensor([1, 40, 61, 16], seed: 10)
        let run = {
            on(level) {
                [Precision.float32, .bfloat16].flatMap {
                    convolution(x, packed, precision: $0).elements
                }
            }
        }
        let shape = [2, 40 / stride, (61 + stride - 1) / stride, 20]
        // Inside a region every kernel runs on one thread.
        let alone = Tensor<Float>(shape: shape) { output in
            ThreadPool.run(count: 2) { part in
                if part == 0 { _ = output.initialize(from: run()) }
            }
        }
        #expect(run() == alone.elements)
    }
}

/// A convolution that gives back what it gets.
private func identity(_ channels: Int) -> PackedConvolution {
    PackedConvolution(
        Tensor(
            shape: [channels, 1, 1, channels],
            elements: (0 ..< channels * channels).map { $0 % (channels + 1) == 0 ? 1 : 0 }))
}

/// The convolution by its formula, from the weights as they are given.
private func naiveConvolution(_ test: ConvolutionCase) -> Tensor<Float> {
    let (x, weight) = (test.x.elements, test.weight.elements)
    let shape = test.outputShape
    let pad = (test.kernel - 1) / 2
    var result: [Float] = []
    for index in 0 ..< shape.reduce(1, *) {
        let output = index % shape[3]
        let column = index / shape[3] % shape[2]
        let row = index / shape[3] / shape[2] % shape[1]
        let image = index / shape[3] / shape[2] / shape[1]
        var sum: Float = 0
        for ky in 0 ..< test.kernel {
            for kx in 0 ..< test.kernel {
                let (y, z) = (row * test.stride + ky - pad, column * test.stride + kx - pad)
                guard 0 ..< test.height ~= y && 0 ..< test.width ~= z else { continue }
                for k in 0 ..< test.inputs {
                    sum +=
                        x[((image * test.height + y) * test.width + z) * test.inputs + k]
                        * weight[
                            ((output * test.kernel + ky) * test.kernel + kx) * test.inputs + k]
                }
            }
        }
        result.append(sum)
    }
    return Tensor(shape: shape, elements: result)
}
