import TesseraTensor
import TesseraTokens

extension Tensor<Float> {
    /// The upper left part of a picture.
    ///
    /// - Parameters:
    ///   - height: The number of rows to keep.
    ///   - width: The number of columns to keep.
    /// - Returns: Shape `[1, height, width, C]`.
    func cut(toHeight height: Int, width: Int) -> Tensor {
        if shape[1] == height && shape[2] == width { return self }
        return pixels(in: PixelRectangle(height: height, width: width))
    }

    /// The gradient of ``cut(toHeight:width:)``: zeros where the picture was cut away.
    ///
    /// - Parameters:
    ///   - height: The number of rows before the cut.
    ///   - width: The number of columns before the cut.
    /// - Returns: Shape `[1, height, width, C]`.
    func cutPullback(fromHeight height: Int, width: Int) -> Tensor {
        if shape[1] == height && shape[2] == width { return self }
        var whole = Tensor(shape: [1, height, width, shape[3]], repeating: 0)
        whole.replacePixels(in: PixelRectangle(height: shape[1], width: shape[2]), with: self)
        return whole
    }
}
