import TesseraTensor

/// The largest values of squares of 3 x 3 that begin two apart, channel by channel.
///
/// Squares that would reach over an edge are left out, as PyTorch's `max_pool2d(x, 3, 2)` has it.
///
/// - Parameters:
///   - x: Shape `[1, H, W, C]`.
///   - skipping: How many of the first rows and columns are passed over.
/// - Returns: Shape `[1, (H - skipping - 1) / 2, (W - skipping - 1) / 2, C]`, rounded down.
func maximumPool(_ x: Tensor<Float>, skipping: Int = 0) -> Tensor<Float> {
    maximumPool(
        x, rows: max(x.shape[1] - skipping - 1, 0) / 2,
        columns: max(x.shape[2] - skipping - 1, 0) / 2, first: skipping)
}

/// The largest values of squares of 3 x 3 around every second place, channel by channel.
///
/// Squares may reach over an edge, where there is nothing, as PyTorch's `max_pool2d(x, 3, 2, padding=1)`
/// has it.
///
/// - Parameter x: Shape `[1, H, W, C]`.
/// - Returns: Shape `[1, ⌈H / 2⌉, ⌈W / 2⌉, C]`.
func paddedMaximumPool(_ x: Tensor<Float>) -> Tensor<Float> {
    maximumPool(x, rows: (x.shape[1] + 1) / 2, columns: (x.shape[2] + 1) / 2, first: -1)
}

/// The largest values of squares that begin two apart, the first one at row and column `first`.
private func maximumPool(
    _ x: Tensor<Float>, rows: Int, columns: Int, first: Int
) -> Tensor<Float> {
    let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
    return Tensor(shape: [1, rows, columns, channels]) { output in
        x.withUnsafeBuffer { input in
            guard let source = input.baseAddress, let target = output.baseAddress else { return }
            ThreadPool.run(count: rows) { row in
                let (top, bottom) = (max(2 * row + first, 0), min(2 * row + first + 3, height))
                for column in 0 ..< columns {
                    let left = max(2 * column + first, 0)
                    let right = min(2 * column + first + 3, width)
                    let largest = target + (row * columns + column) * channels
                    largest.initialize(
                        from: source + (top * width + left) * channels, count: channels)
                    for y in top ..< bottom {
                        for x in left ..< right {
                            let other = source + (y * width + x) * channels
                            for channel in 0 ..< channels {
                                largest[channel] = max(largest[channel], other[channel])
                            }
                        }
                    }
                }
            }
        }
    }
}
