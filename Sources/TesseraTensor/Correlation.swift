import CTesseraKernels

/// What products, convolutions and their pullbacks have in common: which inputs an output reads.
struct Correlation {
    var images = 1
    var height = 1
    var width: Int
    var outputHeight = 1
    var outputWidth: Int
    var kernel = 1
    var stride = 1
    /// 2 reads the input as if zeros stood between its pixels, as the pullback of stride 2 does.
    var spacing = 1

    /// The number of outputs of a channel.
    var positions: Int { images * outputHeight * outputWidth }

    /// The number of squares of 4 x 4 outputs, those at the borders in part.
    var squares: Int { images * ((outputHeight + 3) / 4) * ((outputWidth + 3) / 4) }

    /// Whether Winograd's algorithm applies and pays: it needs whole vectors of input channels, and
    /// enough squares for the matrix products and for the weights that it reads.
    func suitsWinograd(inputCount: Int) -> Bool {
        kernel == 3 && stride == 1 && spacing == 1 && inputCount % Int(TESSERA_PANEL) == 0
            && min(outputHeight, outputWidth) >= 4 && squares >= 8
    }
}

/// What happens to an output before it is stored: activation(output + bias + residual), where the
/// mask is positive, and 0 elsewhere.
struct Epilogue {
    var bias: Tensor<Float>?
    var residual: Tensor<Float>?
    var activation = Activation.none
    var mask: Tensor<Float>?
}

extension Correlation {
    /// Runs the kernel that suits best, on all threads.
    func run(
        _ input: Tensor<Float>, _ weights: DirectionWeights, inputCount: Int, _ epilogue: Epilogue,
        outputShape: [Int], precision: Precision
    ) -> Tensor<Float> {
        guard let winograd = Processor.kernels.winograd,
            let winogradBfloat16 = Processor.kernels.winogradBfloat16,
            suitsWinograd(inputCount: inputCount)
        else { return run(input, weights.taps.value, epilogue, outputShape: outputShape) }
        func convolve(
            _ kernel: @convention(c) (UnsafePointer<TesseraMultiply>, Int, Int) -> Void,
            _ packed: some KernelWeights
        ) -> Tensor<Float> {
            output(input, packed, epilogue, shape: outputShape) { job in
                ThreadPool.runRanges(
                    total: squares, granule: 16,
                    operationsPerUnit: 36 * packed.inputCount * packed.outputCount
                ) { kernel(job, $0.lowerBound, $0.upperBound) }
            }
        }
        return precision == .float32
            ? convolve(winograd, weights.points.value)
            : convolve(winogradBfloat16, weights.shortPoints.value)
    }

    /// Runs the kernel that adds up tap by tap, on all threads.
    func run(
        _ input: Tensor<Float>, _ weights: PackedWeights, _ epilogue: Epilogue, outputShape: [Int]
    ) -> Tensor<Float> {
        let kernels = Processor.kernels
        let operations = kernel * kernel * weights.inputCount * weights.outputCount
        return output(input, weights, epilogue, shape: outputShape) { job in
            ThreadPool.runRanges(
                total: positions, granule: outputHeight > 1 ? outputWidth : 24,
                operationsPerUnit: operations
            ) { kernels.multiply(job, $0.lowerBound, $0.upperBound) }
        }
    }

    /// Runs the kernel of products in a shorter format, on all threads.
    func run(
        _ input: Tensor<Float>, _ weights: ShortWeights, _ epilogue: Epilogue, outputShape: [Int]
    ) -> Tensor<Float> {
        let kernel = weights.format.kernel(of: Processor.kernels)
        return output(input, weights, epilogue, shape: outputShape) { job in
            ThreadPool.runRanges(
                total: positions, granule: 24,
                operationsPerUnit: weights.inputCount * weights.outputCount
                    / weights.format.inputsPerWord
            ) { kernel(job, $0.lowerBound, $0.upperBound) }
        }
    }

    /// Describes the work to a closure that has it done.
    private func output(
        _ input: Tensor<Float>, _ weights: some KernelWeights, _ epilogue: Epilogue, shape: [Int],
        _ body: (UnsafePointer<TesseraMultiply>) -> Void
    ) -> Tensor<Float> {
        precondition(
            epilogue.bias == nil || epilogue.bias?.shape == [weights.outputCount],
            "A bias for \(weights.outputCount) outputs has shape \(epilogue.bias?.shape ?? [])")
        for (name, other) in [("residual", epilogue.residual), ("mask", epilogue.mask)] {
            precondition(
                other == nil || other?.shape == shape,
                "A \(name) for an output of shape \(shape) has shape "
                    + "\(other?.shape ?? [])")
        }
        return Tensor(shape: shape) { output in
            guard let destination = output.baseAddress, !output.isEmpty else { return }
            // The addresses stay good because the tensors outlive the call.
            let addresses = weights.addresses
            var job = TesseraMultiply(
                input: input.address, weights: addresses.weights, weightSteps: addresses.steps,
                weightOffsets: addresses.offsets, bias: epilogue.bias?.address,
                residual: epilogue.residual?.address, mask: epilogue.mask?.address,
                zeros: addresses.zeros, output: destination,
                height: height, width: width, inputCount: weights.inputCount,
                outputHeight: outputHeight, outputWidth: outputWidth,
                outputCount: weights.outputCount, kernel: kernel, stride: stride,
                spacing: spacing, activation: epilogue.activation.code)
            withExtendedLifetime((input, weights, epilogue)) { body(&job) }
        }
    }
}
