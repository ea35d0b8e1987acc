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
    /// How the images lie in memory that are read, `height` by `width` for whoever reads them.
    var inputLayout = TesseraInputLayout.plain
    /// How the outputs are stored, `outputHeight` by `outputWidth` as they are computed.
    var outputLayout = TesseraOutputLayout.plain

    /// Whether each output reads one row, in their order.
    var isProduct: Bool {
        kernel == 1 && stride == 1 && spacing == 1 && height == 1 && outputHeight == 1
    }

    /// The number of outputs of a channel.
    var positions: Int { images * outputHeight * outputWidth }

    /// The number of squares of 4 x 4 outputs, those at the borders in part.
    var squares: Int { images * ((outputHeight + 3) / 4) * ((outputWidth + 3) / 4) }

    /// Whether Winograd's algorithm applies and pays.
    ///
    /// It needs whole vectors of input channels, and enough squares for the matrix products and for the
    /// weights that it reads and keeps. An image is computed in the same way alone and among others.
    private func suitsWinograd(inputCount: Int, outputCount: Int) -> Bool {
        kernel == 3 && stride == 1 && spacing == 1 && inputCount % Int(TESSERA_PANEL) == 0
            && min(outputHeight, outputWidth) >= 4
            && squares >= images * (inputCount * outputCount >= 1 << 17 ? 32 : 8)
    }

    /// Whether Winograd's algorithm can read and store the layouts on the way.
    private func suitsLayouts(inputCount: Int, outputCount: Int) -> Bool {
        let quarter = 4 * Int(TESSERA_PANEL)
        return (inputLayout != .unshuffled || inputCount % quarter == 0)
            && (outputLayout != .shuffled || outputCount % quarter == 0)
    }

    /// Whether Winograd's algorithm applies, pays and is there.
    func runsWinograd(inputCount: Int, outputCount: Int) -> Bool {
        suitsWinograd(inputCount: inputCount, outputCount: outputCount)
            && suitsLayouts(inputCount: inputCount, outputCount: outputCount)
            && Processor.kernels.winograd != nil
    }
}

/// What happens to an output before it is stored: activation(output + bias + residual), where the
/// mask's bit is set, and 0 elsewhere; and what is written down of it besides.
///
/// Residual, mask and positives lie as the output does.
struct Epilogue {
    var bias: Tensor<Float>?
    var residual: Tensor<Float>?
    var activation = Activation.none
    var mask: PositiveMask?
    var positives: UnsafeMutablePointer<UInt16>?
    var sums: UnsafeMutablePointer<Float>?
}

extension Correlation {
    /// Adds up tap by tap, on all threads.
    func runTaps(
        _ kernel: @convention(c) (UnsafePointer<TesseraMultiply>, Int, Int) -> Void,
        _ input: Tensor<Float>, _ weights: some KernelWeights,
        _ epilogue: Epilogue, _ outputShape: [Int]
    ) -> Tensor<Float> {
        output(input, weights, epilogue, shape: outputShape) { job in
            ThreadPool.runRanges(
                total: positions, granule: outputHeight > 1 ? outputWidth : 24,
                operationsPerUnit: self.kernel * self.kernel * weights.inputCount
                    * weights.outputCount
            ) { kernel(job, $0.lowerBound, $0.upperBound) }
        }
    }

    /// Runs Winograd's algorithm, on all threads.
    func runSquares(
        _ kernel: @convention(c) (UnsafePointer<TesseraMultiply>, TesseraBlock) -> Void,
        _ input: Tensor<Float>, _ weights: some KernelWeights, _ epilogue: Epilogue,
        _ outputShape: [Int]
    ) -> Tensor<Float> {
        output(input, weights, epilogue, shape: outputShape) { job in
            ThreadPool.runSquares(
                squares, together: epilogue.sums == nil ? 1 : Int(TESSERA_SUMMED_SQUARES),
                panels: panelCount(job), inputCount: weights.inputCount
            ) { kernel(job, TesseraBlock($0, $1)) }
        }
    }

    /// Runs a product in f32, on all threads.
    func runProduct(
        _ input: Tensor<Float>, _ weights: PackedWeights, _ epilogue: Epilogue, outputShape: [Int]
    ) -> Tensor<Float> {
        output(input, weights, epilogue, shape: outputShape) { job in
            runBlocks(Processor.kernels.product, job, inputsPerWord: 1)
        }
    }

    /// Runs a product in a shorter format, on all threads.
    func runProduct(
        _ input: Tensor<Float>, _ weights: some KernelWeights, format: ShortWeights.Format,
        _ epilogue: Epilogue, outputShape: [Int]
    ) -> Tensor<Float> {
        let rows = ShortRows(input, count: weights.inputCount, format: format)
        return output(input, weights, epilogue, shape: outputShape, rows: rows) { job in
            runBlocks(
                format.kernel(of: Processor.kernels), job, inputsPerWord: format.inputsPerWord)
        }
    }

    private func runBlocks(
        _ kernel: @convention(c) (UnsafePointer<TesseraMultiply>, TesseraBlock) -> Void,
        _ job: UnsafePointer<TesseraMultiply>, inputsPerWord: Int
    ) {
        ThreadPool.runBlocks(
            rows: positions, columns: panelCount(job), columnGranule: 6,
            operationsPerOutput: Int(TESSERA_PANEL) * job.pointee.inputCount / inputsPerWord
        ) { kernel(job, TesseraBlock($0, $1)) }
    }

    private func panelCount(_ job: UnsafePointer<TesseraMultiply>) -> Int {
        (job.pointee.outputCount + Int(TESSERA_PANEL) - 1) / Int(TESSERA_PANEL)
    }

    /// Describes the work to a closure that has it done.
    private func output(
        _ input: Tensor<Float>, _ weights: some KernelWeights, _ epilogue: Epilogue, shape: [Int],
        rows: ShortRows? = nil, _ body: (UnsafePointer<TesseraMultiply>) -> Void
    ) -> Tensor<Float> {
        precondition(
            epilogue.bias == nil || epilogue.bias?.shape == [weights.outputCount],
            "A bias for \(weights.outputCount) outputs has shape \(epilogue.bias?.shape ?? [])")
        for (name, other) in [
            ("residual", epilogue.residual?.shape), ("mask", epilogue.mask?.shape),
        ] {
            precondition(
                other == nil || other == shape,
                "A \(name) for an output of shape \(shape) has shape \(other ?? [])")
        }
        return Tensor(shape: shape) { output in
            guard let destination = output.baseAddress, !output.isEmpty else { return }
            // The addresses stay good because the tensors outlive the call.
            let addresses = weights.addresses
            var job = TesseraMultiply(
                input: input.address, words: rows?.words.address,
                wordSteps: rows?.steps.address, weights: addresses.weights,
                weightSteps: addresses.steps,
                weightOffsets: addresses.offsets, weightMultipliers: addresses.multipliers,
                bias: epilogue.bias?.address,
                residual: epilogue.residual?.address, mask: epilogue.mask?.words.address,
                zeros: addresses.zeros, output: destination,
                sums: epilogue.sums, positives: epilogue.positives,
                height: height, width: width, inputCount: weights.inputCount,
                outputHeight: outputHeight, outputWidth: outputWidth,
                outputCount: weights.outputCount, kernel: kernel, stride: stride,
                spacing: spacing, inputLayout: inputLayout, outputLayout: outputLayout,
                activation: epilogue.activation.code)
            withExtendedLifetime((input, rows, weights, epilogue)) { body(&job) }
        }
    }
}

extension TesseraBlock {
    fileprivate init(_ rows: Range<Int>, _ panels: Range<Int>) {
        self.init(
            first: rows.lowerBound, last: rows.upperBound, firstPanel: panels.lowerBound,
            lastPanel: panels.upperBound)
    }
}
