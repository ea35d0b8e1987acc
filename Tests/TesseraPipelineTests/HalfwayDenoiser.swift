import TesseraInverse
import TesseraTensor

/// A denoiser that moves each value halfway towards its left neighbour of the same channel, if there is noise.
struct HalfwayDenoiser: PixelDenoiser {
    func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
        let values = pixels.elements
        let noise = deviations.elements
        let row = pixels.shape[2] * 3
        return Tensor(
            shape: pixels.shape,
            elements: values.indices.map { index in
                guard index % row >= 3, noise[index / 3] > 0 else { return values[index] }
                return (values[index] + values[index - 3]) / 2
            })
    }
}
