import CTesseraKernels

/// What is done to images before or after a convolution, without a pass of its own where Winograd's
/// algorithm applies.
public enum Rearrangement: Sendable {
    case none
    /// The convolution of ``nearestUpsample(_:)``.
    case upsampledBefore
    /// ``pixelShuffle(_:)`` of the convolution; a residual has the shape of the result.
    case shuffledAfter
}

/// Turns groups of four channels into squares of 2 x 2 pixels.
///
/// W. Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
/// Convolutional Neural Network", CVPR 2016; here the channel order is (dy, dx, c). It is the inverse
/// of ``pixelUnshuffle(_:)`` and, as a permutation, also its pullback.
///
/// - Parameter x: Shape `[N, H, W, 4 C]`.
/// - Returns: Shape `[N, 2 H, 2 W, C]`.
public func pixelShuffle(_ x: Tensor<Float>) -> Tensor<Float> {
    precondition(
        x.shape.count == 4 && x.shape[3] % 4 == 0,
        "A pixel shuffle needs a shape [N, H, W, 4 C], but got \(x.shape)")
    return rearranged(x, by: tessera_pixel_shuffle, enlarging: true, channels: x.shape[3] / 4)
}

/// Turns squares of 2 x 2 pixels into groups of four channels in the order (dy, dx, c).
///
/// - Parameter x: Shape `[N, 2 H, 2 W, C]`.
/// - Returns: Shape `[N, H, W, 4 C]`.
public func pixelUnshuffle(_ x: Tensor<Float>) -> Tensor<Float> {
    precondition(
        x.shape.count == 4 && x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0,
        "A pixel unshuffle needs a shape [N, 2 H, 2 W, C], but got \(x.shape)")
    return rearranged(x, by: tessera_pixel_unshuffle, enlarging: false, channels: x.shape[3] * 4)
}

/// Repeats each pixel in a square of 2 x 2.
///
/// - Parameter x: Shape `[N, H, W, C]`.
/// - Returns: Shape `[N, 2 H, 2 W, C]`.
public func nearestUpsample(_ x: Tensor<Float>) -> Tensor<Float> {
    precondition(
        x.shape.count == 4, "An upsampling needs a shape [N, H, W, C], but got \(x.shape)")
    return rearranged(x, by: tessera_nearest_upsample, enlarging: true, channels: x.shape[3])
}

/// Sums squares of 2 x 2 pixels: the adjoint of repeating them.
///
/// - Parameter gradient: Shape `[N, 2 H, 2 W, C]`.
/// - Returns: Shape `[N, H, W, C]`.
public func nearestUpsamplePullback(_ gradient: Tensor<Float>) -> Tensor<Float> {
    let shape = gradient.shape
    precondition(
        shape.count == 4 && shape[1] % 2 == 0 && shape[2] % 2 == 0,
        "The pullback of an upsampling needs a shape [N, 2 H, 2 W, C], but got \(shape)")
    return rearranged(
        gradient, by: tessera_nearest_upsample_pullback, enlarging: false, channels: shape[3])
}

private typealias Mover = (
    UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int
) -> Void

/// Runs a kernel between a small and a large image, part by part of the small one's rows.
private func rearranged(
    _ x: Tensor<Float>, by kernel: Mover, enlarging: Bool, channels: Int
) -> Tensor<Float> {
    let height = enlarging ? x.shape[1] * 2 : x.shape[1] / 2
    let width = enlarging ? x.shape[2] * 2 : x.shape[2] / 2
    let rows = x.shape[0] * min(height, x.shape[1])
    return Tensor(shape: [x.shape[0], height, width, channels]) { output in
        x.withUnsafeBuffer { input in
            guard let source = input.baseAddress, let destination = output.baseAddress,
                !input.isEmpty
            else { return }
            ThreadPool.runRanges(
                total: rows, operationsPerUnit: 6 * max(input.count, output.count) / rows
            ) { range in
                kernel(
                    source + range.lowerBound * (input.count / rows),
                    destination + range.lowerBound * (output.count / rows),
                    range.count, min(width, x.shape[2]), enlarging ? channels : x.shape[3])
            }
        }
    }
}
