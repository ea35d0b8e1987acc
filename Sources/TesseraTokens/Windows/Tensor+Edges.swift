package import TesseraTensor

extension Tensor where Element == Float {
    /// Continues a picture downwards and to the right by repeating its last row and column.
    ///
    /// - Parameters:
    ///   - newHeight: At least this picture's height.
    ///   - newWidth: At least this picture's width.
    /// - Returns: Shape `[1, newHeight, newWidth, C]`.
    package func repeatingEdges(toHeight newHeight: Int, width newWidth: Int) -> Tensor {
        let height = shape[1]
        let width = shape[2]
        let channels = shape[3]
        guard newHeight != height || newWidth != width else { return self }
        return withUnsafeBuffer { source in
            Tensor(shape: [1, newHeight, newWidth, channels]) { target in
                for y in 0 ..< newHeight {
                    let row = min(y, height - 1) * width
                    for x in 0 ..< newWidth {
                        let pixel = (row + min(x, width - 1)) * channels
                        for channel in 0 ..< channels {
                            target[(y * newWidth + x) * channels + channel] =
                                source[pixel + channel]
                        }
                    }
                }
            }
        }
    }

    /// Moves each value that lies outside of a range to its nearer end.
    package mutating func clamp(to range: ClosedRange<Float>) {
        withUnsafeMutableBuffer { values in
            for index in values.indices {
                values[index] = min(max(values[index], range.lowerBound), range.upperBound)
            }
        }
    }
}
