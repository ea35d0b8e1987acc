import TesseraTensor

extension Tensor<Float> {
    /// The upper left part of a picture.
    ///
    /// - Parameters:
    ///   - height: The number of rows to keep.
    ///   - width: The number of columns to keep.
    /// - Returns: Shape `[1, height, width, C]`.
    func cut(toHeight height: Int, width: Int) -> Tensor {
        if shape[1] == height && shape[2] == width { return self }
        return copied(toHeight: height, width: width)
    }

    /// The gradient of ``cut(toHeight:width:)``: zeros where the picture was cut away.
    ///
    /// - Parameters:
    ///   - height: The number of rows before the cut.
    ///   - width: The number of columns before the cut.
    /// - Returns: Shape `[1, height, width, C]`.
    func cutPullback(fromHeight height: Int, width: Int) -> Tensor {
        if shape[1] == height && shape[2] == width { return self }
        return copied(toHeight: height, width: width)
    }

    /// Copies what two sizes share; the rest is zero.
    private func copied(toHeight height: Int, width: Int) -> Tensor {
        let channels = shape[3]
        let count = Swift.min(width, shape[2]) * channels
        return withUnsafeBuffer { source in
            Tensor(shape: [1, height, width, channels]) { target in
                target.initialize(repeating: 0)
                for row in 0 ..< Swift.min(height, shape[1]) {
                    for i in 0 ..< count {
                        target[row * width * channels + i] = source[row * shape[2] * channels + i]
                    }
                }
            }
        }
    }
}
