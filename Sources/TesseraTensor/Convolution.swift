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
///   - precision: bf16, and int8 as well, multiplies in bf16, with errors of a part in a hundred where
///     Winograd's algorithm applies; an odd number of inputs stays f32.
/// - Returns: Shape `[N, ⌈H / stride⌉, ⌈W / stride⌉, O]`.
/// - Precondition: The shapes agree.
public func convolution(
    _ x: Tensor<Float>, _ convolution: PackedConvolution, bias: Tensor<Float>? = nil,
    residual: Tensor<Float>? = nil, activation: Activation = .none,
    precision: Precision = .float32
) -> Tensor<Float> {
    let shape = x.shape
    precondition(
        shape.count == 4 && shape[3] == convolution.inputCount,
        "A convolution of \(convolution.inputCount) channels needs a shape "
            + "[N, H, W, \(convolution.inputCount)], but got \(shape)")
    let height = convolution.outputExtent(shape[1])
    let width = convolution.outputExtent(shape[2])
    let correlation = Correlation(
        images: shape[0], height: shape[1], width: shape[2], outputHeight: height,
        outputWidth: width, kernel: convolution.kernel, stride: convolution.stride)
    return correlation.flattened.run(
        x, convolution.forward, inputCount: convolution.inputCount,
        Epilogue(bias: bias, residual: residual, activation: activation),
        outputShape: [shape[0], height, width, convolution.outputCount], precision: precision)
}

/// The gradient with respect to a convolution's input, from that with respect to its linear output.
///
/// The convolution's adjoint: 〈convolution(x), g〉 = 〈x, convolutionPullback(g)〉.
///
/// - Parameters:
///   - gradient: Shape `[N, ⌈inputHeight / stride⌉, ⌈inputWidth / stride⌉, O]`.
///   - convolution: The packed weights of the forward direction.
///   - inputHeight: The height of the input, which a stride of 2 does not tell from the output's.
///   - inputWidth: The width of the input.
///   - residual: A gradient that reaches the input by another way, and is added. Shape of the result.
///   - output: What the relu that made the input gave; the sum passes where it is positive, as by
///     ``reluPullback(_:output:)``. Shape of the result.
///   - precision: As for ``convolution(_:_:bias:residual:activation:precision:)``.
/// - Returns: Shape `[N, inputHeight, inputWidth, I]`.
/// - Precondition: The shapes agree.
public func convolutionPullback(
    _ gradient: Tensor<Float>, _ convolution: PackedConvolution, inputHeight: Int, inputWidth: Int,
    residual: Tensor<Float>? = nil, throughReluOf output: Tensor<Float>? = nil,
    precision: Precision = .float32
) -> Tensor<Float> {
    let shape = gradient.shape
    let expected = [
        shape.first ?? 0, convolution.outputExtent(inputHeight),
        convolution.outputExtent(inputWidth), convolution.outputCount,
    ]
    precondition(
        shape == expected,
        "The pullback to \(inputHeight) x \(inputWidth) pixels needs a gradient of shape "
            + "\(expected), but got \(shape)")
    let correlation = Correlation(
        images: shape[0], height: shape[1], width: shape[2], outputHeight: inputHeight,
        outputWidth: inputWidth, kernel: convolution.kernel, spacing: convolution.stride)
    return correlation.flattened.run(
        gradient, convolution.backward, inputCount: convolution.outputCount,
        Epilogue(residual: residual, mask: output),
        outputShape: [shape[0], inputHeight, inputWidth, convolution.inputCount],
        precision: precision)
}

extension Correlation {
    /// The same outputs as one row where each reads one pixel only: no partial blocks at row ends.
    fileprivate var flattened: Correlation {
        guard kernel == 1 && stride == 1 && spacing == 1 else { return self }
        let positions = images * height * width
        return Correlation(width: positions, outputWidth: positions)
    }
}
