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
    let (width, channels) = (x.shape[2], x.shape[3])
    let rows = max(x.shape[1] - skipping - 1, 0) / 2
    let columns = max(width - skipping - 1, 0) / 2
    return Tensor(shape: [1, rows, columns, channels]) { output in
        x.withUnsafeBuffer { input in
            guard let source = input.baseAddress, let target = output.baseAddress else { return }
            ThreadPool.run(count: rows) { row in
                for column in 0 ..< columns {
                    let first =
                        source + ((2 * row + skipping) * width + 2 * column + skipping) * channels
                    let largest = target + (row * columns + column) * channels
                    largest.initialize(from: first, count: channels)
                    for place in 1 ..< 9 {
                        let other = first + (place / 3 * width + place % 3) * channels
                        for channel in 0 ..< channels {
                            largest[channel] = max(largest[channel], other[channel])
                        }
                    }
                }
            }
        }
    }
}
