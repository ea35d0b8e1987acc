public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

/// A convolution with a bias, over pictures in channels-last layout.
///
/// The kernel is 1×1 or 3×3 with zero padding, so that a stride of 1 keeps the size.
public struct Convolution: Sendable {
    private let weight: PackedConvolution
    private let bias: Tensor<Float>

    /// Reads the weights `NAME.weight` and `NAME.bias`.
    ///
    /// - Parameters:
    ///   - name: The name that the two tensors begin with.
    ///   - file: The file that holds them; shapes `[outputs, side, side, inputs]` and `[outputs]`.
    ///   - inputs: The number of input channels.
    ///   - outputs: The number of output channels.
    ///   - side: The side of the kernel, 1 or 3.
    ///   - stride: The step between outputs, 1 or 2; 2 halves the size, rounding up.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named name: String, in file: Weights, inputs: Int, outputs: Int, side: Int = 3,
        stride: Int = 1
    ) throws(CheckpointError) {
        let shape = [outputs, side, side, inputs]
        if let rows = try file.rows("\(name).weight", shape: shape) {
            weight = PackedConvolution(rows, shape: shape, stride: stride)
        } else {
            weight = PackedConvolution(
                try file.tensor("\(name).weight", shape: shape), stride: stride)
        }
        bias = try file.tensor("\(name).bias", shape: [outputs])
    }

    /// Puts a convolution together.
    ///
    /// - Parameters:
    ///   - weight: Shape `[outputs, side, side, inputs]`.
    ///   - bias: Shape `[outputs]`.
    ///   - stride: The step between outputs, 1 or 2.
    init(weight: Tensor<Float>, bias: Tensor<Float>, stride: Int) {
        self.weight = PackedConvolution(weight, stride: stride)
        self.bias = bias
    }

    /// Convolves pictures.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, H, W, inputs]`.
    ///   - residual: What is added before the activation, of the result's shape.
    ///   - activation: What each sum goes through.
    ///   - rearrangement: What is done to pictures before or after.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: activation(convolution + bias + residual). Shape `[N, H', W', outputs]` and what the
    ///   rearrangement makes of it.
    public func callAsFunction(
        _ x: Tensor<Float>, residual: Tensor<Float>? = nil, activation: Activation = .none,
        rearrangement: Rearrangement = .none, precision: Precision = .float32
    ) -> Tensor<Float> {
        convolution(
            x, weight, bias: bias, residual: residual, activation: activation,
            rearrangement: rearrangement, precision: precision)
    }

    /// Convolves pictures for a group normalization, which reads their channels' sums.
    ///
    /// - Returns: convolution + bias + residual, and the sums if they came without another pass.
    public func withSums(
        _ x: Tensor<Float>, residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none,
        precision: Precision = .float32
    ) -> (output: Tensor<Float>, sums: ChannelSums?) {
        convolutionWithSums(
            x, weight, bias: bias, residual: residual, rearrangement: rearrangement,
            precision: precision)
    }

    /// Convolves pictures for a relu, and writes down where its gradient will pass.
    ///
    /// - Returns: relu(convolution + bias + residual), and where it is above 0.
    public func withMask(
        _ x: Tensor<Float>, residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none,
        precision: Precision = .float32
    ) -> (output: Tensor<Float>, positives: PositiveMask) {
        convolutionWithMask(
            x, weight, bias: bias, residual: residual, rearrangement: rearrangement,
            precision: precision)
    }

    /// The gradient with respect to the input, from that with respect to the sums.
    ///
    /// - Parameters:
    ///   - gradient: The result's shape; the activation's own pullback comes first.
    ///   - inputHeight: H, the height of the input.
    ///   - inputWidth: W, the width of the input.
    ///   - residual: A gradient that reaches the input by another way, and is added.
    ///   - positives: Where the relu that made the input was above 0; the sum passes there alone.
    ///   - rearrangement: What was done to pictures before or after; before, it takes neither of the two.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[N, H, W, inputs]`.
    public func pullback(
        of gradient: Tensor<Float>, inputHeight: Int, inputWidth: Int,
        residual: Tensor<Float>? = nil, throughRelu positives: PositiveMask? = nil,
        rearrangement: Rearrangement = .none, precision: Precision = .float32
    ) -> Tensor<Float> {
        convolutionPullback(
            gradient, weight, inputHeight: inputHeight, inputWidth: inputWidth,
            residual: residual, throughRelu: positives, rearrangement: rearrangement,
            precision: precision)
    }
}
