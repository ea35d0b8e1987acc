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
    ConvolutionPass(of: x, convolution, rearrangement, precision)
        .run(Epilogue(bias: bias, residual: residual, activation: activation))
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
    ConvolutionPass(of: x, convolution, rearrangement, precision)
        .runWithSums(Epilogue(bias: bias, residual: residual))
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
    ConvolutionPass(of: x, convolution, rearrangement, precision)
        .runWithMask(Epilogue(bias: bias, residual: residual, activation: .relu))
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
    precondition(
        rearrangement != .upsampledBefore || (residual == nil && positives == nil),
        "The pullback through an upsampling takes no residual and no relu")
    return ConvolutionPass(
        backFrom: gradient, convolution, inputHeight: inputHeight, inputWidth: inputWidth,
        rearrangement, precision
    ).run(Epilogue(residual: residual, mask: positives))
}
