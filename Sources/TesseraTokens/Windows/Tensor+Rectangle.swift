public import TesseraTensor

extension Tensor where Element == Float {
    /// Copies a rectangle out of an image, or out of a latent.
    ///
    /// - Parameter rectangle: A rectangle inside this image of shape `[1, H, W, C]`.
    /// - Returns: Shape `[1, height, width, C]` of the rectangle.
    public func pixels(in rectangle: Rectangle<some Any>) -> Tensor {
        self.rectangle(rows: rectangle.rows, columns: rectangle.columns)
    }

    /// Copies a small image into a rectangle of this one.
    ///
    /// - Parameters:
    ///   - rectangle: A rectangle inside this image of shape `[1, H, W, C]`.
    ///   - pixels: Shape `[1, height, width, C]` of the rectangle.
    public mutating func replacePixels(
        in rectangle: Rectangle<some Any>, with pixels: Tensor
    ) {
        replaceRectangle(rows: rectangle.rows, columns: rectangle.columns, with: pixels)
    }
}
