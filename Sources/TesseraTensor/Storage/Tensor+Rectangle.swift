extension Tensor<Float> {
    /// Copies a rectangle out of an image.
    ///
    /// - Parameters:
    ///   - rows: Rows of this image of shape `[1, H, W, C]`.
    ///   - columns: Columns of it.
    /// - Returns: Shape `[1, rows, columns, C]`.
    package func rectangle(rows: Range<Int>, columns: Range<Int>) -> Tensor {
        checkContains(rows: rows, columns: columns)
        let channels = shape[3]
        let (stride, count) = (shape[2] * channels, columns.count * channels)
        return withUnsafeBuffer { source in
            Tensor(shape: [1, rows.count, columns.count, channels]) { target in
                for (y, row) in rows.enumerated() {
                    let start = row * stride + columns.lowerBound * channels
                    _ = UnsafeMutableBufferPointer(
                        rebasing: target[y * count ..< (y + 1) * count]
                    ).initialize(from: source[start ..< start + count])
                }
            }
        }
    }

    /// Copies a small image into a rectangle of this one.
    ///
    /// - Parameters:
    ///   - rows: Rows of this image of shape `[1, H, W, C]`.
    ///   - columns: Columns of it.
    ///   - part: Shape `[1, rows, columns, C]`.
    package mutating func replaceRectangle(
        rows: Range<Int>, columns: Range<Int>, with part: Tensor
    ) {
        checkContains(rows: rows, columns: columns)
        let channels = shape[3]
        precondition(
            part.shape == [1, rows.count, columns.count, channels],
            "A rectangle of \(columns.count) x \(rows.count) pixels got \(part.shape)")
        let (stride, count) = (shape[2] * channels, columns.count * channels)
        withUnsafeMutableBuffer { target in
            part.withUnsafeBuffer { source in
                for (y, row) in rows.enumerated() {
                    let start = row * stride + columns.lowerBound * channels
                    _ = UnsafeMutableBufferPointer(rebasing: target[start ..< start + count])
                        .update(from: source[y * count ..< (y + 1) * count])
                }
            }
        }
    }

    private func checkContains(rows: Range<Int>, columns: Range<Int>) {
        precondition(
            shape.count == 4 && shape[0] == 1 && rows.lowerBound >= 0
                && rows.upperBound <= shape[1] && columns.lowerBound >= 0
                && columns.upperBound <= shape[2],
            "Rows \(rows) and columns \(columns) are not in an image of shape \(shape)")
    }
}
