import CTesseraKernels

/// Convolves images with packed weights: activation(convolution + bias + residual).
///
/// In the convention of neural networks it is a correlation: with p = (kernel - 1) / 2, the output
/// at (y, x) reads the input from (stride y - p, stride x - p) to (stride y + p, stride x + p), and
/// what lies outside of the image is zero. 3 x 3 with stride 1 uses Winograd's algorithm where it pays,
/// whose rounding errors are about twice those of the sum.
///
/// - Parameters:
///   - x: Shape `[N, H, W, I]`.
///   - convolution: The packed weights.
///   - bias: Added to each pixel. Shape `[O]`.
///   - residual: Added to the result. Shape of the result.
///   - activation: Applied last.
///   - rearrangement: What is done to the image before or after, on the way.
///   - precision: bf16, and int8 as well, multiplies in bf16, with errors of a part in a hundred where
///     Winograd's algorithm applies; an odd number of inputs stays f32.
/// - Returns: Shape `[N, ⌈H / stride⌉, ⌈W / stride⌉, O]` and what the rearrangement makes of it.
/// - Precondition: The shapes agree.
public func convolution(
    _ x: Tensor<Float>, _ convolution: PackedConvolution, bias: Tensor<Float>? = nil,
    residual: Tensor<Float>? = nil, activation: Activation = .none,
    rearrangement: Rearrangement = .none, precision: Precision = .float32
) -> Tensor<Float> {
    let forward = Forward(x, convolution, rearrangement)
    return forward.correlation.flattened.run(
        x, convolution.forward, inputCount: convolution.inputCount,
        outputCount: convolution.outputCount,
        Epilogue(bias: bias, residual: residual, activation: activation),
        outputShape: forward.outputShape, precision: precision)
}

/// Convolves images and adds up each channel of what comes out, for the group normalization that
/// follows.
///
/// Parameters are those of ``convolution(_:_:bias:residual:activation:rearrangement:precision:)``.
///
/// - Returns: The output, and its sums if they came without another pass.
public func convolutionWithSums(
    _ x: Tensor<Float>, _ convolution: PackedConvolution, bias: Tensor<Float>? = nil,
    residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none,
    precision: Precision = .float32
) -> (output: Tensor<Float>, sums: ChannelSums?) {
    let forward = Forward(x, convolution, rearrangement)
    return forward.correlation.flattened.runWithSums(
        x, convolution.forward, inputCount: convolution.inputCount,
        outputCount: convolution.outputCount, Epilogue(bias: bias, residual: residual),
        outputShape: forward.outputShape, precision: precision)
}

/// Convolves images for a relu, and writes down where its gradient will pass.
///
/// Parameters are those of ``convolution(_:_:bias:residual:activation:rearrangement:precision:)``.
///
/// - Returns: relu(convolution + bias + residual), and where it is above 0.
public func convolutionWithMask(
    _ x: Tensor<Float>, _ convolution: PackedConvolution, bias: Tensor<Float>? = nil,
    residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none,
    precision: Precision = .float32
) -> (output: Tensor<Float>, positives: PositiveMask) {
    let forward = Forward(x, convolution, rearrangement)
    return forward.correlation.flattened.runWithMask(
        x, convolution.forward, inputCount: convolution.inputCount,
        outputCount: convolution.outputCount,
        Epilogue(bias: bias, residual: residual, activation: .relu),
        outputShape: forward.outputShape, precision: precision)
}

/// What a convolution of some images reads, and the shape of its result.
private struct Forward {
    let correlation: Correlation
    let outputShape: [Int]

    init(_ x: Tensor<Float>, _ convolution: PackedConvolution, _ rearrangement: Rearrangement) {
        let shape = x.shape
        precondition(
            shape.count == 4 && shape[3] == convolution.inputCount,
            "A convolution of \(convolution.inputCount) channels needs a shape "
                + "[N, H, W, \(convolution.inputCount)], but got \(shape)")
        let scale = rearrangement == .upsampledBefore ? 2 : 1
        let (height, width) = (scale * shape[1], scale * shape[2])
        let extents = Extents(convolution, height: height, width: width)
        correlation = Correlation(
            images: shape[0], height: height, width: width, outputHeight: extents.height,
            outputWidth: extents.width, kernel: convolution.kernel, stride: convolution.stride,
            inputLayout: rearrangement == .upsampledBefore ? .repeated : .plain,
            outputLayout: rearrangement == .shuffledAfter ? .shuffled : .plain)
        outputShape = extents.shape(images: shape[0], rearrangement)
    }
}

/// The extents and channels of a convolution's output.
private struct Extents {
    let height: Int
    let width: Int
    let channels: Int

    /// - Parameters:
    ///   - convolution: The convolution.
    ///   - height: The height of the image that it reads.
    ///   - width: The width of that image.
    init(_ convolution: PackedConvolution, height: Int, width: Int) {
        self.height = convolution.outputExtent(height)
        self.width = convolution.outputExtent(width)
        channels = convolution.outputCount
    }

    /// The shape after a rearrangement.
    func shape(images: Int, _ rearrangement: Rearrangement) -> [Int] {
        guard rearrangement == .shuffledAfter else { return [images, height, width, channels] }
        precondition(
            channels % 4 == 0, "A pixel shuffle needs 4 C channels, but got \(channels)")
        return [images, 2 * height, 2 * width, channels / 4]
    }
}

/// The gradient with respect to a convolution's input, from that with respect to its linear output.
///
/// The convolution's adjoint: 〈convolution(x), g〉 = 〈x, convolutionPullback(g)〉.
///
/// - Parameters:
///   - gradient: The shape of the convolution's result, after a rearrangement.
///   - convolution: The packed weights of the forward direction.
///   - inputHeight: The height of the input, which a stride of 2 does not tell from the output's.
///   - inputWidth: The width of the input.
///   - residual: A gradient that reaches the input by another way, and is added. Shape of the result.
///   - positives: Where the relu that made the input was above 0; the sum passes there alone. Shape of
///     the result.
///   - rearrangement: As for ``convolution(_:_:bias:residual:activation:rearrangement:precision:)``; one
///     before the convolution takes neither a residual nor a relu.
///   - precision: As for the convolution.
/// - Returns: Shape `[N, inputHeight, inputWidth, I]`.
/// - Precondition: The shapes agree.
public func convolutionPullback(
    _ gradient: Tensor<Float>, _ convolution: PackedConvolution, inputHeight: Int, inputWidth: Int,
    residual: Tensor<Float>? = nil, throughRelu positives: PositiveMask? = nil,
    rearrangement: Rearrangement = .none, precision: Precision = .float32
) -> Tensor<Float> {
    let shape = gradient.shape
    let isUpsampled = rearrangement == .upsampledBefore
    precondition(
        !isUpsampled || (residual == nil && positives == nil),
        "The pullback through an upsampling takes no residual and no relu")
    let height = isUpsampled ? 2 * inputHeight : inputHeight
    let width = isUpsampled ? 2 * inputWidth : inputWidth
    let extents = Extents(convolution, height: height, width: width)
    let expected = extents.shape(images: shape.first ?? 0, rearrangement)
    precondition(
        shape == expected,
        "The pullback to \(inputHeight) x \(inputWidth) pixels needs a gradient of shape "
            + "\(expected), but got \(shape)")
    let correlation = Correlation(
        images: shape[0], height: extents.height, width: extents.width, outputHeight: height,
        outputWidth: width, kernel: convolution.kernel, spacing: convolution.stride,
        inputLayout: rearrangement == .shuffledAfter ? .unshuffled : .plain,
        outputLayout: isUpsampled ? .pooled : .plain)
    return correlation.flattened.run(
        gradient, convolution.backward, inputCount: convolution.outputCount,
        outputCount: convolution.inputCount, Epilogue(residual: residual, mask: positives),
        outputShape: [shape[0], inputHeight, inputWidth, convolution.inputCount],
        precision: precision)
}

extension Correlation {
    /// The same outputs as one row where each reads one pixel only: no partial blocks at row ends.
    fileprivate var flattened: Correlation {
        guard kernel == 1 && stride == 1 && spacing == 1 && inputLayout == .plain && outputLayout == .plain
        else { return self }
        let positions = images * height * width
        return Correlation(width: positions, outputWidth: positions)
    }
}
