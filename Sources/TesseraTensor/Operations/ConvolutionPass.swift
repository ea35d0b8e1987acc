import CTesseraKernels

/// A convolution of some images, or its pullback: what is read, by which weights, and what comes out.
struct ConvolutionPass {
    private let correlation: Correlation
    private let input: Tensor<Float>
    private let weights: DirectionWeights
    private let inputCount: Int
    private let outputCount: Int
    private let outputShape: [Int]
    private let precision: Precision

    /// The convolution of images.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, H, W, I]`.
    ///   - convolution: The packed weights.
    ///   - rearrangement: What is done to images before or after.
    ///   - precision: The format in which numbers are multiplied.
    init(
        of x: Tensor<Float>, _ convolution: PackedConvolution, _ rearrangement: Rearrangement,
        _ precision: Precision
    ) {
        let shape = x.shape
        precondition(
            shape.count == 4 && shape[3] == convolution.inputCount,
            "A convolution of \(convolution.inputCount) channels needs a shape "
                + "[N, H, W, \(convolution.inputCount)], but got \(shape)")
        let scale = rearrangement == .upsampledBefore ? 2 : 1
        let (height, width) = (scale * shape[1], scale * shape[2])
        correlation =
            Correlation(
                images: shape[0], height: height, width: width,
                outputHeight: convolution.outputSize(height),
                outputWidth: convolution.outputSize(width), kernel: convolution.kernel,
                stride: convolution.stride,
                inputLayout: rearrangement == .upsampledBefore ? .repeated : .plain,
                outputLayout: rearrangement == .shuffledAfter ? .shuffled : .plain
            ).flattened
        input = x
        weights = convolution.forward
        inputCount = convolution.inputCount
        outputCount = convolution.outputCount
        outputShape = ConvolutionPass.resultShape(
            images: shape[0], height: height, width: width, convolution, rearrangement)
        self.precision = precision
    }

    /// The pullback to images from the gradient with respect to the convolution's linear output.
    ///
    /// - Parameters:
    ///   - gradient: The shape of the convolution's result, after a rearrangement.
    ///   - convolution: The packed weights.
    ///   - inputHeight: The height of the images.
    ///   - inputWidth: The width of the images.
    ///   - rearrangement: What was done to images before or after.
    ///   - precision: The format in which numbers are multiplied.
    init(
        backFrom gradient: Tensor<Float>, _ convolution: PackedConvolution, inputHeight: Int,
        inputWidth: Int, _ rearrangement: Rearrangement, _ precision: Precision
    ) {
        let images = gradient.shape.first ?? 0
        let scale = rearrangement == .upsampledBefore ? 2 : 1
        let (height, width) = (scale * inputHeight, scale * inputWidth)
        let expected = ConvolutionPass.resultShape(
            images: images, height: height, width: width, convolution, rearrangement)
        precondition(
            gradient.shape == expected,
            "The pullback to \(inputHeight) x \(inputWidth) pixels needs a gradient of shape "
                + "\(expected), but got \(gradient.shape)")
        correlation =
            Correlation(
                images: images, height: convolution.outputSize(height),
                width: convolution.outputSize(width), outputHeight: height, outputWidth: width,
                kernel: convolution.kernel, spacing: convolution.stride,
                inputLayout: rearrangement == .shuffledAfter ? .unshuffled : .plain,
                outputLayout: rearrangement == .upsampledBefore ? .pooled : .plain
            ).flattened
        input = gradient
        weights = convolution.backward
        inputCount = convolution.outputCount
        outputCount = convolution.inputCount
        outputShape = [images, inputHeight, inputWidth, convolution.inputCount]
        self.precision = precision
    }

    /// The shape of a convolution's result, of images as the convolution reads them.
    private static func resultShape(
        images: Int, height: Int, width: Int, _ convolution: PackedConvolution,
        _ rearrangement: Rearrangement
    ) -> [Int] {
        let (height, width) = (convolution.outputSize(height), convolution.outputSize(width))
        let channels = convolution.outputCount
        guard rearrangement == .shuffledAfter else { return [images, height, width, channels] }
        precondition(
            channels % 4 == 0, "A pixel shuffle needs 4 C channels, but got \(channels)")
        return [images, 2 * height, 2 * width, channels / 4]
    }

    /// The same pass between images in plain layouts, before and after which they are moved.
    private init(plain pass: ConvolutionPass) {
        var plain = pass.correlation
        (plain.inputLayout, plain.outputLayout) = (.plain, .plain)
        correlation = plain
        input =
            switch pass.correlation.inputLayout {
            case .plain: pass.input
            case .repeated: nearestUpsample(pass.input)
            case .unshuffled: pixelUnshuffle(pass.input)
            }
        weights = pass.weights
        inputCount = pass.inputCount
        outputCount = pass.outputCount
        outputShape = [plain.images, plain.outputHeight, plain.outputWidth, pass.outputCount]
        precision = pass.precision
    }

    private var runsWinograd: Bool {
        correlation.runsWinograd(inputCount: inputCount, outputCount: outputCount)
    }

    /// Runs the kernel that suits best, on all threads.
    ///
    /// - Parameter epilogue: What happens to an output.
    /// - Returns: The outputs, in their layout.
    func run(_ epilogue: Epilogue) -> Tensor<Float> {
        let isShort = precision != .float32
        let kernels = Processor.kernels
        if runsWinograd, let winograd = kernels.winograd, let short = kernels.winogradBfloat16 {
            return isShort
                ? correlation.runSquares(
                    short, input, weights.roundedPoints.value, epilogue, outputShape)
                : correlation.runSquares(
                    winograd, input, weights.points.value, epilogue, outputShape)
        }
        if correlation.inputLayout != .plain || correlation.outputLayout != .plain {
            return runPlain(epilogue)
        }
        let hasPairs = inputCount % 2 == 0  // Words hold two inputs of a pixel.
        if correlation.isProduct {
            return isShort && hasPairs
                ? correlation.runProduct(
                    input, weights.roundedTaps.value, format: .bfloat16, epilogue,
                    outputShape: outputShape)
                : correlation.runProduct(
                    input, weights.taps.value, epilogue, outputShape: outputShape)
        }
        // The kernel in bf16 knows no zeros between pixels.
        return isShort && correlation.spacing == 1 && hasPairs
            ? correlation.runTaps(
                kernels.multiplyBfloat16, input, weights.roundedTaps.value, epilogue, outputShape)
            : correlation.runTaps(
                kernels.multiply, input, weights.taps.value, epilogue, outputShape)
    }

    private func runPlain(_ epilogue: Epilogue) -> Tensor<Float> {
        var epilogue = epilogue
        if correlation.outputLayout == .shuffled {
            precondition(epilogue.mask == nil, "No pullback shuffles what it gives")
            epilogue.residual = epilogue.residual.map(pixelUnshuffle)
        }
        let output = ConvolutionPass(plain: self).run(epilogue)
        return switch correlation.outputLayout {
        case .plain: output
        case .pooled: nearestUpsamplePullback(output)
        case .shuffled: pixelShuffle(output)
        }
    }

    /// Runs and adds up each channel of the output, if that takes no pass of its own.
    func runWithSums(_ epilogue: Epilogue) -> (output: Tensor<Float>, sums: ChannelSums?) {
        let together = Int(TESSERA_SUMMED_SQUARES)
        // Squares of two images are not summed together.
        guard runsWinograd, correlation.squares % (max(correlation.images, 1) * together) == 0
        else { return (run(epilogue), nil) }
        var (output, epilogue) = (input, epilogue)
        let parts = Tensor<Float>(shape: [correlation.squares / together, 2 * outputCount]) {
            epilogue.sums = $0.baseAddress
            output = run(epilogue)
        }
        return (output, ChannelSums(parts: parts))
    }

    /// Runs and writes down where the output is above 0.
    func runWithMask(_ epilogue: Epilogue) -> (output: Tensor<Float>, positives: PositiveMask) {
        guard outputCount % Int(TESSERA_PANEL) == 0,
            correlation.outputLayout == .plain || runsWinograd
        else {
            let output = run(epilogue)
            return (output, PositiveMask(output))
        }
        var (output, epilogue) = (input, epilogue)
        let positives = PositiveMask(shape: outputShape) {
            epilogue.positives = $0
            output = run(epilogue)
        }
        return (output, positives)
    }
}

extension Correlation {
    /// The same outputs as one row where each reads one pixel only: no partial blocks at row ends.
    fileprivate var flattened: Correlation {
        guard kernel == 1, stride == 1, spacing == 1, inputLayout == .plain, outputLayout == .plain
        else { return self }
        let positions = images * height * width
        return Correlation(width: positions, outputWidth: positions)
    }
}
