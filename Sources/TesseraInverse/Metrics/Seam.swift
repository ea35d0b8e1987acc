public import TesseraTensor

/// How visible the border of a filled hole is: 1 for none, above 1.1 for a seam that can be seen.
///
/// A picture changes across the border of a hole about as much as along it, unless there is a seam. For
/// each pair of a missing pixel and a known one above, below or beside it, the step across is the
/// difference of their luma, without its sign; the steps along are those from the missing pixel to its
/// missing neighbours, and from the known pixel to its known neighbours, in the two directions at right
/// angles to the pair. With means over all pairs and 8-bit levels,
///
///     contrast = (mean step across + 0.05) / (mean step along + 0.05)
///     seam = contrast of the picture / contrast of the reference
///
/// so that edges which happen to run along the border count in neither's disfavour. Below 1 the fill
/// passes the border more smoothly than the picture does.
///
/// - Parameters:
///   - pixels: A picture of shape `[1, H, W, 3]`, values in [-1, 1].
///   - reference: The picture it is held against, of the same shape.
///   - hole: The missing pixels. Shape `[H, W]`.
/// - Returns: The ratio, above 0, or `nil` if the hole has no border or nothing runs along it.
public func seam(
    of pixels: Tensor<Float>, comparedTo reference: Tensor<Float>, around hole: PixelMask
) -> Double? {
    checkSizes(pixels, reference, hole)
    guard let contrast = borderContrast(of: pixels, around: hole),
        let usual = borderContrast(of: reference, around: hole)
    else { return nil }
    return contrast / usual
}

/// The mean step of luma across the border of a hole over that along it.
private func borderContrast(of pixels: Tensor<Float>, around hole: PixelMask) -> Double? {
    let luma = luma(of: pixels)
    let (height, width, isHole) = (hole.height, hole.width, hole.isHole)
    var across = (sum: 0.0, count: 0)
    var along = across
    func neighbour(_ i: Int, _ rows: Int, _ columns: Int) -> Int? {
        let (y, x) = (i / width + rows, i % width + columns)
        return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : nil
    }
    for (pixel, isMissing) in isHole.enumerated() where isMissing {
        for (rows, columns) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
            guard let known = neighbour(pixel, rows, columns), !isHole[known] else { continue }
            across.sum += abs(luma[pixel] - luma[known])
            across.count += 1
            for side in [-1, 1] {
                for start in [pixel, known] {
                    guard let next = neighbour(start, side * columns, side * rows),
                        isHole[next] == isHole[start]
                    else { continue }
                    along.sum += abs(luma[start] - luma[next])
                    along.count += 1
                }
            }
        }
    }
    guard along.count > 0 else { return nil }
    return (across.sum / Double(across.count) + 0.05) / (along.sum / Double(along.count) + 0.05)
}
