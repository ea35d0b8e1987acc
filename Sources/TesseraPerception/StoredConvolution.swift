import TesseraCheckpoint
import TesseraTensor

/// The weights of a convolution as the file has them, channels before rows and columns.
struct StoredConvolution {
    let outputs: Int
    let inputs: Int
    let side: Int

    /// Shape `[outputs, inputs, side, side]`.
    let weights: [Float]
    let bias: [Float]

    private init(outputs: Int, inputs: Int, side: Int, weights: [Float], bias: [Float]) {
        self.outputs = outputs
        self.inputs = inputs
        self.side = side
        self.weights = weights
        self.bias = bias
    }

    /// Reads `NAME.weight` of shape `[outputs, inputs, side, side]` and `NAME.bias`.
    ///
    /// The number of outputs is the file's.
    init(
        named name: String, in file: SafetensorsFile, inputs: Int, side: Int
    ) throws(CheckpointError) {
        let outputs = file.description(of: "\(name).weight")?.shape.first ?? 1
        self.init(
            outputs: outputs, inputs: inputs, side: side,
            weights: try file.tensor("\(name).weight", shape: [outputs, inputs, side, side])
                .elements,
            bias: try file.tensor("\(name).bias", shape: [outputs]).elements)
    }

    /// The same convolution of 1 x 1 as one of 3 x 3.
    var padded: StoredConvolution {
        StoredConvolution(
            outputs: outputs, inputs: inputs, side: 3,
            weights: weights.flatMap { [0, 0, 0, 0, $0, 0, 0, 0, 0] }, bias: bias)
    }

    /// One convolution with the outputs of both.
    func joined(with other: StoredConvolution) -> StoredConvolution {
        StoredConvolution(
            outputs: outputs + other.outputs, inputs: inputs, side: side,
            weights: weights + other.weights, bias: bias + other.bias)
    }
}

/// A convolution followed by a relu, packed for the kernels.
struct ConvolutionWeights {
    private let packed: PackedConvolution
    private let bias: Tensor<Float>

    var outputCount: Int { packed.outputCount }

    /// Brings the channels of stored weights to the end, and packs them.
    init(_ stored: StoredConvolution, stride: Int = 1) {
        let (inputs, area) = (stored.inputs, stored.side * stored.side)
        let weights = Tensor<Float>(
            shape: [stored.outputs, stored.side, stored.side, inputs]
        ) { last in
            for i in last.indices {
                let (output, place, input) = (
                    i / (area * inputs), i / inputs % area, i % inputs
                )
                last.initializeElement(
                    at: i, to: stored.weights[(output * inputs + input) * area + place])
            }
        }
        packed = PackedConvolution(weights, stride: stride)
        bias = Tensor(shape: [stored.outputs], elements: stored.bias)
    }

    /// Convolves features of shape `[1, H, W, inputs]`, with zeros around them.
    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        convolution(x, packed, bias: bias, activation: .relu)
    }
}
