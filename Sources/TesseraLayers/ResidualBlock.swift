public import TesseraCheckpoint
public import TesseraTensor

/// Two 3×3 convolutions around which the input is carried: relu(x + conv2(relu(conv1(x)))).
///
/// The residual block of K. He et al., Deep Residual Learning for Image Recognition, CVPR 2016,
/// without normalisation, so that a value depends on its neighbourhood only and tiles are exact.
public struct ResidualBlock: Sendable {
    /// How many places a value can come from on each side: one for each convolution.
    public static let reach = 2

    private let first: Convolution
    private let second: Convolution

    /// Reads the weights `NAME.conv1` and `NAME.conv2`.
    ///
    /// - Parameters:
    ///   - name: The name that the tensors begin with.
    ///   - file: The file that holds them.
    ///   - channels: The number of channels, in and out.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named name: String, in file: SafetensorsFile, channels: Int
    ) throws(CheckpointError) {
        first = try Convolution(
            named: "\(name).conv1", in: file, inputs: channels, outputs: channels)
        second = try Convolution(
            named: "\(name).conv2", in: file, inputs: channels, outputs: channels)
    }

    /// Applies the block.
    ///
    /// - Parameter x: Shape `[N, H, W, channels]`.
    /// - Returns: The same shape, none negative.
    public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        forward(x).output
    }

    /// Applies the block and keeps what ``pullback(of:trace:precision:)`` needs.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, H, W, channels]`.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: The result and the values between the convolutions.
    public func forward(_ x: Tensor<Float>, precision: Precision = .float32) -> Trace {
        let hidden = first(x, activation: .relu, precision: precision)
        return Trace(
            hidden: hidden,
            output: second(hidden, residual: x, activation: .relu, precision: precision))
    }

    /// The gradient with respect to the input.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to the output, shape `[N, H, W, channels]`.
    ///   - trace: What ``forward(_:precision:)`` gave for this input.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[N, H, W, channels]`.
    public func pullback(
        of gradient: Tensor<Float>, trace: Trace, precision: Precision = .float32
    ) -> Tensor<Float> {
        let height = trace.output.shape[1]
        let width = trace.output.shape[2]
        let sums = reluPullback(gradient, output: trace.output)
        let inner = second.pullback(
            of: sums, inputHeight: height, inputWidth: width, throughReluOf: trace.hidden,
            precision: precision)
        return first.pullback(
            of: inner, inputHeight: height, inputWidth: width, residual: sums, precision: precision)
    }

    /// What a block keeps of an application, for its pullback.
    public struct Trace: Sendable {
        /// relu(conv1(x)).
        let hidden: Tensor<Float>

        /// What the block gave.
        public let output: Tensor<Float>
    }
}
