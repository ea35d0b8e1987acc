public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

/// Two 3×3 convolutions around which the input is carried: relu(x + conv2(relu(conv1(x)))).
///
/// The residual block of K. He et al., Deep Residual Learning for Image Recognition, CVPR 2016,
/// without normalisation, so that a value depends on its neighbourhood only and tiles are exact.
public struct ResidualBlock: Sendable {
    /// How many places a value can come from on each side: one for each convolution.
    public static let receptiveField = 2

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
        named name: String, in file: Weights, channels: Int
    ) throws(CheckpointError) {
        first = try Convolution(
            named: "\(name).conv1", in: file, inputs: channels, outputs: channels)
        second = try Convolution(
            named: "\(name).conv2", in: file, inputs: channels, outputs: channels)
    }

    /// Applies the block.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, H, W, channels]`.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: The same shape, none negative.
    public func callAsFunction(
        _ x: Tensor<Float>, precision: Precision = .float32
    ) -> Tensor<Float> {
        second(
            first(x, activation: .relu, precision: precision), residual: x, activation: .relu,
            precision: precision)
    }

    /// Applies the block and keeps what ``pullback(of:trace:throughRelu:precision:)`` needs.
    ///
    /// - Parameters:
    ///   - x: Shape `[N, H, W, channels]`.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: The result, and where its rectifiers let the gradient pass.
    public func forward(
        _ x: Tensor<Float>, precision: Precision = .float32
    ) -> (output: Tensor<Float>, trace: Trace) {
        let (hidden, inner) = first.withMask(x, precision: precision)
        let (output, outer) = second.withMask(hidden, residual: x, precision: precision)
        return (output, Trace(hidden: inner, output: outer))
    }

    /// The gradient with respect to the input.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to what the last rectifier got, shape
    ///     `[N, H, W, channels]`: whoever comes after passes it through `trace.output`.
    ///   - trace: What ``forward(_:precision:)`` gave for this input.
    ///   - positives: Where the relu that made the input was above 0; the gradient passes there alone.
    ///   - precision: The format in which numbers are multiplied.
    /// - Returns: Shape `[N, H, W, channels]`.
    public func pullback(
        of gradient: Tensor<Float>, trace: Trace, throughRelu positives: PositiveMask? = nil,
        precision: Precision = .float32
    ) -> Tensor<Float> {
        let (height, width) = (gradient.shape[1], gradient.shape[2])
        let inner = second.pullback(
            of: gradient, inputHeight: height, inputWidth: width, throughRelu: trace.hidden,
            precision: precision)
        return first.pullback(
            of: inner, inputHeight: height, inputWidth: width, residual: gradient,
            throughRelu: positives, precision: precision)
    }

    /// What a block keeps of an application, for its pullback.
    public struct Trace: Sendable {
        /// Where relu(conv1(x)) is above 0.
        let hidden: PositiveMask

        /// Where what the block gave is above 0.
        public let output: PositiveMask
    }
}
