import TesseraCheckpoint
import TesseraInverse
import TesseraLayers
import TesseraPacking
import TesseraTensor

/// Convolutions at half the resolution, told the level of the noise.
///
/// K. Zhang, W. Zuo and L. Zhang, "FFDNet: Toward a Fast and Flexible Solution for CNN-Based Image Denoising", TIP
/// 2018. Squares of 2×2 pixels and the mean deviation of their noise become channels; the last layer's channels
/// become squares again.
struct FFDNet: TiledDenoiser {
    let tileSide = 1280

    private let layers: [Convolution]
    private let precision: Precision

    /// Reads the weights `denoiser.layers.…`, finest first.
    ///
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    init(
        _ settings: FFDNetFamily.Settings, from file: Weights, precision: Precision
    ) throws(CheckpointError) {
        self.precision = precision
        var layers: [Convolution] = []
        for index in 0 ..< settings.layers {
            layers.append(
                try Convolution(
                    named: "denoiser.layers.\(index)", in: file,
                    inputs: index == 0 ? 16 : settings.width,
                    outputs: index + 1 == settings.layers ? 12 : settings.width))
        }
        self.layers = layers
    }

    var multiple: Int { 2 }
    var halo: Int { layers.count }

    func output(of input: Tensor<Float>) -> Tensor<Float> {
        var x = pixelUnshuffle(input.inUnitRange)
        for layer in layers.dropLast() {
            x = layer(x, activation: .relu, precision: precision)
        }
        return layers[layers.count - 1](x, rearrangement: .shuffledAfter, precision: precision)
            .fromUnitRange
    }
}
