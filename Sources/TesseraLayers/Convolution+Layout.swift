public import TesseraCheckpoint
public import TesseraPacking
import TesseraTensor

extension Convolution {
    /// Reads weights whose kernels have their channels first, `[outputs, inputs, side, side]`, as
    /// PyTorch stores them.
    ///
    /// - Parameters:
    ///   - names: The names that pairs of tensors begin with; several are one convolution whose outputs
    ///     follow each other.
    ///   - weights: The file that holds them; kernels may be packed.
    ///   - inputs: The number of input channels.
    ///   - outputs: The number of output channels of each name.
    ///   - side: The side of the kernel, 1 or 3.
    ///   - stride: The step between outputs, 1 or 2.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        channelsFirst names: [String], in weights: Weights, inputs: Int, outputs: Int,
        side: Int = 3, stride: Int = 1
    ) throws(CheckpointError) {
        let taps = side * side
        var kernels: [Float] = []
        var biases: [Float] = []
        for name in names {
            let stored = try weights.tensor(
                "\(name).weight", shape: [outputs, inputs, side, side]
            ).elements
            for output in 0 ..< outputs {
                for tap in 0 ..< taps {
                    for input in 0 ..< inputs {
                        kernels.append(stored[(output * inputs + input) * taps + tap])
                    }
                }
            }
            biases += try weights.tensor("\(name).bias", shape: [outputs]).elements
        }
        self.init(
            weight: Tensor(
                shape: [names.count * outputs, side, side, inputs], elements: kernels),
            bias: Tensor(shape: [names.count * outputs], elements: biases), stride: stride)
    }
}
