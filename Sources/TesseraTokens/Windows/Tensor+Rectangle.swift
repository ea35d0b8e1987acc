public import TesseraTensor

extension Tensor where Element == Float {
    /// Copies a rectangle out of an image, or out of a latent.
    ///
    /// - Parameter rectangle: A rectangle inside this image of shape `[1, H, W, C]`.
    /// - Returns: Shape `[1, height, width, C]` of the rectangle.
    public func pixels(in rectangle: Rectangle<some Any>) -> Tensor {
        checkContains(rectangle)
        let channels = shape[3]
        let stride = shape[2] * channels
        let rowCount = rectangle.width * channels
        return withUnsafeBuffer { source in
            Tensor(shape: [1, rectangle.height, rectangle.width, channels]) { target in
                for y in 0 ..< rectangle.height {
                    let start = (rectangle.top + y) * stride + rectangle.left * channels
                    _ = UnsafeMutableBufferPointer(
                        rebasing: target[y * rowCount ..< (y + 1) * rowCount]
                    )
                    .initialize(from: source[start ..< start + rowCount])
                }
            }
        }
    }

    /// Copies a small image into a rectangle of this one.
    ///
    /// - Parameters:
    ///   - rectangle: A rectangle inside this image of shape `[1, H, W, C]`.
    ///   - pixels: Shape `[1, height, width, C]` of the rectangle.
    public mutating func replacePixels(
        in rectangle: Rectangle<some Any>, with pixels: Tensor
    ) {
        checkContains(rectangle)
        let channels = shape[3]
        precondition(
            pixels.shape == [1, rectangle.height, rectangle.width, channels],
            "A rectangle of \(rectangle.width) x \(rectangle.height) pixels got \(pixels.shape)")
        let stride = shape[2] * channels
        let rowCount = rectangle.width * channels
        withUnsafeMutableBuffer { target in
            pixels.withUnsafeBuffer { source in
                for y in 0 ..< rectangle.height {
                    let start = (rectangle.top + y) * stride + rectangle.left * channels
                    _ = UnsafeMutableBufferPointer(rebasing: target[start ..< start + rowCount])
                        .update(from: source[y * rowCount ..< (y + 1) * rowCount])
                }
            }
        }
    }

    private func checkContains(_ rectangle: Rectangle<some Any>) {
        precondition(
            shape.count == 4 && shape[0] == 1
                && rectangle.top + rectangle.height <= shape[1]
                && rectangle.left + rectangle.width <= shape[2],
            "An image of shape \(shape) has no rectangle of \(rectangle.width) x "
                + "\(rectangle.height) pixels at row \(rectangle.top), column \(rectangle.left)")
    }
}
