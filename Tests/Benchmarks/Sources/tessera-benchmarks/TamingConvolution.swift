import TesseraCheckpoint
import TesseraLayers
import TesseraTensor

/// The weights of a VQGAN, and the format in which its convolutions multiply.
struct TamingWeights {
    let file: SafetensorsFile
    let precision: Precision

    func tensor(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor<Float> {
        try file.tensor(name, shape: shape)
    }
}

/// What a convolution gives to the normalization that follows.
struct TamingFeatures {
    var values: Tensor<Float>
    let sums: ChannelSums?
}

/// A convolution of a network that multiplies in one format throughout.
struct TamingConvolution {
    private let convolution: Convolution
    private let precision: Precision

    init(
        named name: String, in weights: TamingWeights, inputs: Int, outputs: Int, side: Int = 3,
        stride: Int = 1
    ) throws(CheckpointError) {
        convolution = try Convolution(
            named: name, in: weights.file, inputs: inputs, outputs: outputs, side: side,
            stride: stride)
        precision = weights.precision
    }

    func callAsFunction(_ x: Tensor<Float>, residual: Tensor<Float>? = nil) -> Tensor<Float> {
        convolution(x, residual: residual, precision: precision)
    }

    func features(
        _ x: Tensor<Float>, residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none
    ) -> TamingFeatures {
        let (values, sums) = convolution.withSums(
            x, residual: residual, rearrangement: rearrangement, precision: precision)
        return TamingFeatures(values: values, sums: sums)
    }

    func pullback(
        of gradient: Tensor<Float>, inputHeight: Int, inputWidth: Int,
        residual: Tensor<Float>? = nil, rearrangement: Rearrangement = .none
    ) -> Tensor<Float> {
        convolution.pullback(
            of: gradient, inputHeight: inputHeight, inputWidth: inputWidth, residual: residual,
            rearrangement: rearrangement, precision: precision)
    }
}
