/// One component of a JPEG: values in blocks of 8 × 8, and the steps of its coefficients.
struct JPEGPlane {
    let height: Int
    let width: Int

    /// The values in reading order, 0 in the middle of their range.
    var values: [Float]

    /// The step of each coefficient of a block.
    let steps: [Float]

    /// Replaces each block's coefficients by what a closure makes of them and a partner's.
    ///
    /// A block that reaches over an edge sees the outermost values repeated.
    ///
    /// - Parameters:
    ///   - other: A plane of the same size, whose coefficients are given second.
    ///   - transform: The new coefficient of an old one, the partner's and the step.
    /// - Returns: The plane of the new coefficients, cut to its size.
    func mappingCoefficients(
        with other: JPEGPlane, _ transform: (Float, Float, Float) -> Float
    ) -> JPEGPlane {
        var result = self
        for top in stride(from: 0, to: height, by: 8) {
            for left in stride(from: 0, to: width, by: 8) {
                let first = coefficients(top: top, left: left)
                let second = other.coefficients(top: top, left: left)
                let block = CosineBlock.values(
                    of: (0 ..< 64).map { transform(first[$0], second[$0], steps[$0]) })
                for y in top ..< min(top + 8, height) {
                    for x in left ..< min(left + 8, width) {
                        result.values[y * width + x] = block[(y - top) * 8 + x - left]
                    }
                }
            }
        }
        return result
    }

    private func coefficients(top: Int, left: Int) -> [Float] {
        let block = (0 ..< 64).map { index in
            values[
                min(top + index / 8, height - 1) * width + min(left + index % 8, width - 1)]
        }
        return CosineBlock.coefficients(of: block)
    }
}
