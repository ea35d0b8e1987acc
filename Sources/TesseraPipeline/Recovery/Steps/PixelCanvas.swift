import TesseraImage
import TesseraTensor
import TesseraTokens

/// A picture that is read and written rectangle by rectangle, however it is stored.
protocol PixelCanvas {
    /// The pixels of a rectangle as numbers, of shape `[1, height, width, 3]`.
    func pixels(in rectangle: PixelRectangle) -> Tensor<Float>

    /// Writes numbers of that shape into a rectangle.
    mutating func replacePixels(in rectangle: PixelRectangle, with pixels: Tensor<Float>)
}

extension Tensor: PixelCanvas where Element == Float {}

extension Image: PixelCanvas {
    func pixels(in rectangle: PixelRectangle) -> Tensor<Float> {
        pixels(rows: rectangle.rows, columns: rectangle.columns)
    }

    mutating func replacePixels(in rectangle: PixelRectangle, with pixels: Tensor<Float>) {
        replacePixels(row: rectangle.top, column: rectangle.left, with: pixels)
    }
}
