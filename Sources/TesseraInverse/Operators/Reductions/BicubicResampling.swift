public import TesseraTensor

/// Bicubic resampling of pictures to another size, antialiased when the size falls.
///
/// The convention is that of Pillow's `BICUBIC` in floating point and, apart from the border, of the
/// `Resizer` with which diffusion papers reduce pictures: R. Keys' cubic kernel with a = -1/2, made
/// wider by the scale when a picture shrinks; pixel centres at half integers; weights that fall
/// outside of the picture are left out and the rest made to sum to 1. (OpenCV and PyTorch's
/// `interpolate` use a = -3/4 and, without being asked, no antialiasing.)
///
/// R. Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE Transactions on
/// Acoustics, Speech, and Signal Processing, 1981.
public struct BicubicResampling: Sendable {
    private let rows: ResamplingAxis
    private let columns: ResamplingAxis

    /// Makes the map from pictures of one size to pictures of another.
    ///
    /// - Parameters:
    ///   - height: The height of the picture to resample, at least 1.
    ///   - width: Its width, at least 1.
    ///   - newHeight: The height of the result, at least 1.
    ///   - newWidth: Its width, at least 1.
    public init(fromHeight height: Int, width: Int, toHeight newHeight: Int, width newWidth: Int) {
        rows = ResamplingAxis(from: height, to: newHeight)
        columns = ResamplingAxis(from: width, to: newWidth)
    }

    /// Resamples a picture.
    ///
    /// - Parameter pixels: Shape `[1, height, width, 3]`.
    /// - Returns: Shape `[1, newHeight, newWidth, 3]`; the kernel's negative lobes may overshoot the
    ///   range of the picture.
    public func apply(to pixels: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (rows.sourceCount, columns.sourceCount)
        precondition(
            pixels.shape == [1, height, width, 3],
            "A resampling of [1, \(height), \(width), 3] got pixels of shape \(pixels.shape)")
        let narrow = columns.apply(to: pixels, outer: height, inner: 3)
        return rows.apply(to: narrow, outer: 1, inner: columns.targetCount * 3)
            .reshaped(to: [1, rows.targetCount, columns.targetCount, 3])
    }

    /// Applies the adjoint: the gradient of a loss with respect to the pixels that were resampled.
    ///
    /// - Parameter gradient: The gradient with respect to the result: `[1, newHeight, newWidth, 3]`.
    /// - Returns: Shape `[1, height, width, 3]`.
    public func applyAdjoint(to gradient: Tensor<Float>) -> Tensor<Float> {
        let (height, width) = (rows.targetCount, columns.targetCount)
        precondition(
            gradient.shape == [1, height, width, 3],
            "A resampling to [1, \(height), \(width), 3] got a gradient of \(gradient.shape)")
        let tall = rows.applyAdjoint(to: gradient, outer: 1, inner: width * 3)
        return columns.applyAdjoint(to: tall, outer: rows.sourceCount, inner: 3)
            .reshaped(to: [1, rows.sourceCount, columns.sourceCount, 3])
    }
}
