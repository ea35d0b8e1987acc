import TesseraCheckpoint
import TesseraTensor

/// A bottleneck of 1 x 1 products, then 1 x 1 and 3 x 3 convolutions side by side, each with a relu.
///
/// F. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and < 0.5 MB model
/// size", arXiv 1602.07360, section 3.1. The two convolutions run as one of 3 x 3 whose first outputs
/// read the middle alone, so that the result needs no putting together.
struct FireModule {
    /// The number of channels of the result.
    let outputCount: Int

    private let squeeze: ConvolutionWeights
    private let expand: ConvolutionWeights

    /// Reads `NAME/squeeze1x1`, `NAME/expand1x1` and `NAME/expand3x3`, weights and biases.
    init(
        named name: String, in file: SafetensorsFile, inputs: Int
    ) throws(CheckpointError) {
        squeeze = ConvolutionWeights(
            try StoredConvolution(named: "\(name)/squeeze1x1", in: file, inputs: inputs, side: 1))
        let inner = squeeze.outputCount
        let middle = try StoredConvolution(
            named: "\(name)/expand1x1", in: file, inputs: inner, side: 1)
        let square = try StoredConvolution(
            named: "\(name)/expand3x3", in: file, inputs: inner, side: 3)
        expand = ConvolutionWeights(middle.padded.joined(with: square))
        outputCount = expand.outputCount
    }

    /// Applies the module to features of shape `[1, H, W, inputs]`.
    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        expand(squeeze(x))
    }
}
