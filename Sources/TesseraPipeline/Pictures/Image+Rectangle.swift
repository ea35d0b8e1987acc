package import TesseraImage
package import TesseraTensor
package import TesseraTokens

extension Image {
    /// The pixels of a rectangle as numbers, of shape `[1, height, width, 3]`.
    package func pixels(in rectangle: PixelRectangle) -> Tensor<Float> {
        pixels(
            rows: rectangle.top ..< rectangle.top + rectangle.height,
            columns: rectangle.left ..< rectangle.left + rectangle.width)
    }

    /// Writes numbers into a rectangle.
    package mutating func replacePixels(in rectangle: PixelRectangle, with pixels: Tensor<Float>) {
        replacePixels(row: rectangle.top, column: rectangle.left, with: pixels)
    }
}

extension PixelRectangle {
    /// The rows of the rectangle.
    var rows: Range<Int> { top ..< top + height }

    /// The columns of the rectangle.
    var columns: Range<Int> { left ..< left + width }
}
