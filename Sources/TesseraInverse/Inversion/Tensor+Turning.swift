package import TesseraTensor

extension Tensor<Float> {
    /// One of the eight ways to mirror and turn an image.
    ///
    /// - Parameter way: From 0, the image as it is, to 7: 1 mirrors it left to right, 2 upside down, and 4 then
    ///   exchanges rows and columns.
    /// - Returns: Shape `[1, H, W, C]`, or `[1, W, H, C]` where rows and columns are exchanged.
    package func turned(_ way: Int) -> Tensor {
        let (height, width) = (shape[1], shape[2])
        return rearranged(isTransposed: way & 4 != 0) { y, x in
            (way & 2 != 0 ? height - 1 - y : y, way & 1 != 0 ? width - 1 - x : x)
        }
    }

    /// Undoes ``turned(_:)``.
    ///
    /// - Parameter way: The way that the image was turned.
    /// - Returns: The image as it was.
    package func turnedBack(_ way: Int) -> Tensor {
        guard way & 4 != 0 else { return turned(way) }
        return turned(4).turned(way & 3)
    }

    /// Reads each pixel at another place, then perhaps exchanges rows and columns.
    private func rearranged(
        isTransposed: Bool, _ place: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
    ) -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        return withUnsafeBuffer { source in
            Tensor(shape: isTransposed ? [1, width, height, channels] : shape) { target in
                for row in 0 ..< height {
                    for column in 0 ..< width {
                        let from = place(row, column)
                        let to = isTransposed ? column * height + row : row * width + column
                        for channel in 0 ..< channels {
                            target.initializeElement(
                                at: to * channels + channel,
                                to: source[(from.row * width + from.column) * channels + channel])
                        }
                    }
                }
            }
        }
    }
}
