/// The weights of a convolution, packed once into the orders in which the kernels read them.
///
/// There are two directions, forward and pullback, two orders for each, tap by tap and at the points of
/// Winograd's algorithm, and two formats, f32 and bf16. Each is made when the first convolution needs
/// it, because most need only one or two of the eight. What all come from is kept: packed rows, or the
/// forward taps in f32.
public struct PackedConvolution: Sendable {
    let forward: DirectionWeights
    let backward: DirectionWeights

    /// The side of the square of input pixels that an output reads: 1 or 3.
    public let kernel: Int
    /// The distance between the input pixels of neighbouring outputs: 1 or 2.
    public let stride: Int
    /// The number of output channels.
    public let outputCount: Int
    /// The number of input channels.
    public let inputCount: Int

    /// Packs the weights of a convolution.
    ///
    /// - Parameters:
    ///   - weight: Shape `[O, kernel, kernel, I]`, the kernel 1 or 3 wide.
    ///   - stride: 1 or 2.
    public init(_ weight: Tensor<Float>, stride: Int = 1) {
        let taps = PackedConvolution.taps(weight)
        self.init(shape: weight.shape, stride: stride) { taps }
    }

    /// Takes weights in 8 or 4 bits, which stay so until an order is made of them.
    ///
    /// - Parameters:
    ///   - rows: A row for each output, of its taps one after the other.
    ///   - shape: Shape `[O, kernel, kernel, I]` of the weights that they stand for.
    ///   - stride: 1 or 2.
    public init(_ rows: PackedRows, shape: [Int], stride: Int = 1) {
        self.init(shape: shape, stride: stride) {
            PackedConvolution.taps(rows.unpacked.reshaped(to: shape))
        }
    }

    private init(shape: [Int], stride: Int, _ taps: @escaping @Sendable () -> PackedWeights) {
        precondition(
            shape.count == 4 && shape[1] == shape[2] && [1, 3].contains(shape[1]),
            "A convolution needs weights of shape [O, k, k, I] with k 1 or 3, but got \(shape)")
        precondition(
            [1, 2].contains(stride), "A convolution has stride 1 or 2, but got \(stride)")
        kernel = shape[1]
        self.stride = stride
        outputCount = shape[0]
        inputCount = shape[3]
        forward = DirectionWeights(taps)
        backward = DirectionWeights { taps().pullback(tapCount: shape[1] * shape[2]) }
    }

    private static func taps(_ weight: Tensor<Float>) -> PackedWeights {
        let shape = weight.shape
        precondition(
            shape.count == 4,
            "A convolution needs weights of shape [O, k, k, I], but got \(shape)")
        return PackedWeights(weight.reshaped(to: [shape[0], shape[1] * shape[2], shape[3]]))
    }

    /// The size of the output of an input of an size: half of it, rounded up, for stride 2.
    func outputSize(_ size: Int) -> Int { (size + stride - 1) / stride }
}

/// The weights of one direction in both orders and formats.
struct DirectionWeights: Sendable {
    /// Panels by taps, for any geometry.
    let taps: Lazy<PackedWeights>
    /// The same in bf16, for an even number of inputs.
    let roundedTaps: Lazy<RoundedWeights>
    /// Panels by Winograd's points, for 3 x 3 with stride 1.
    let points: Lazy<PackedWeights>
    /// The same in bf16.
    let roundedPoints: Lazy<RoundedWeights>

    /// - Parameter packed: Makes the panels by taps, or has them.
    init(_ packed: @escaping @Sendable () -> PackedWeights) {
        taps = Lazy(packed)
        roundedTaps = Lazy { packed().rounded }
        points = Lazy { packed().atWinogradPoints }
        roundedPoints = Lazy { packed().roundedAtWinogradPoints }
    }
}
