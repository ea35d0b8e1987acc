import Synchronization

/// The weights of a convolution, packed once into the order in which the kernel reads them.
///
/// The weights of the pullback are another packing. It is made when the first gradient asks for it,
/// because most convolutions never see one.
public struct PackedConvolution: Sendable {
    let weights: PackedWeights
    private let pullback: PullbackWeights

    /// The side of the square of input pixels that an output reads: 1 or 3.
    public let kernel: Int
    /// The distance between the input pixels of neighbouring outputs: 1 or 2.
    public let stride: Int

    /// Packs the weights of a convolution.
    ///
    /// - Parameters:
    ///   - weight: Shape `[O, kernel, kernel, I]`, the kernel 1 or 3 wide.
    ///   - stride: 1 or 2.
    public init(_ weight: Tensor<Float>, stride: Int = 1) {
        let shape = weight.shape
        precondition(
            shape.count == 4 && shape[1] == shape[2] && [1, 3].contains(shape[1]),
            "A convolution needs weights of shape [O, k, k, I] with k 1 or 3, but got \(shape)")
        precondition(
            [1, 2].contains(stride), "A convolution has stride 1 or 2, but got \(stride)")
        kernel = shape[1]
        self.stride = stride
        let flat = weight.reshaped(to: [shape[0], shape[1] * shape[2], shape[3]])
        weights = PackedWeights(flat)
        pullback = PullbackWeights(of: flat)
    }

    /// The number of output channels.
    public var outputCount: Int { weights.outputCount }
    /// The number of input channels.
    public var inputCount: Int { weights.inputCount }

    var pullbackWeights: PackedWeights { pullback.packed }

    /// The extent of the output of an input of an extent: half of it, rounded up, for stride 2.
    func outputExtent(_ extent: Int) -> Int { (extent + stride - 1) / stride }
}

/// Weights with inputs and outputs exchanged and taps reversed, made on first use.
private final class PullbackWeights: Sendable {
    private let weight: Tensor<Float>
    private let made = Mutex<PackedWeights?>(nil)

    init(of weight: Tensor<Float>) {
        self.weight = weight
    }

    var packed: PackedWeights {
        made.withLock { made in
            if let made { return made }
            let new = PackedWeights(weight, isPullback: true)
            made = new
            return new
        }
    }
}
