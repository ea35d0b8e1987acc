import TesseraTensor

/// The values of a picture as an 8-bit file would hold them.
///
/// - Parameter pixels: Values in [-1, 1]; others are clamped.
/// - Returns: Whole numbers in 0 ... 255.
func levels(of pixels: Tensor<Float>) -> [Double] {
    pixels.withUnsafeBuffer { values in
        values.map { min(max(((Double($0) + 1) * 127.5).rounded(), 0), 255) }
    }
}

/// The luma of a picture of 8 bits, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
///
/// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1]; others are clamped.
/// - Returns: Numbers in [0, 255]. Shape `[H, W]`.
func luma(of pixels: Tensor<Float>) -> [Double] {
    let levels = levels(of: pixels)
    return stride(from: 0, to: levels.count, by: 3).map { (start: Int) -> Double in
        let (red, green, blue) = (levels[start], levels[start + 1], levels[start + 2])
        return 0.299 * red + 0.587 * green + 0.114 * blue
    }
}

/// Stops unless two pictures and a mask have one size.
func checkSizes(
    _ pixels: Tensor<Float>, _ reference: Tensor<Float>, _ mask: PixelMask
) {
    precondition(
        pixels.shape == [1, mask.height, mask.width, 3] && reference.shape == pixels.shape,
        "A mask of \(mask.height) x \(mask.width) pixels cannot compare \(pixels.shape) with "
            + "\(reference.shape)")
}
