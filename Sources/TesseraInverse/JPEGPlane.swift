import Foundation

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
                let block = JPEGPlane.transformed(
                    (0 ..< 64).map { transform(first[$0], second[$0], steps[$0]) },
                    by: JPEGPlane.inverseCosines)
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
        return JPEGPlane.transformed(block, by: JPEGPlane.cosines)
    }

    /// M B Mᵀ for 8 × 8 matrices.
    private static func transformed(_ block: [Float], by matrix: [Float]) -> [Float] {
        func product(_ a: [Float], transposed b: [Float]) -> [Float] {
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    [Float](unsafeUninitializedCapacity: 64) { result, count in
                        for row in 0 ..< 8 {
                            for column in 0 ..< 8 {
                                var sum: Float = 0
                                for k in 0 ..< 8 { sum += a[row * 8 + k] * b[column * 8 + k] }
                                result[row * 8 + column] = sum
                            }
                        }
                        count = 64
                    }
                }
            }
        }
        // (M (M B)ᵀ)ᵀ written with transposed products: M Bᵀ, then M (M Bᵀ)ᵀ = M B Mᵀ.
        return product(matrix, transposed: product(matrix, transposed: block))
    }

    /// The orthonormal discrete cosine transform of eight values: its square is the identity with
    /// ``inverseCosines``.
    private static let cosines: [Float] = (0 ..< 64).map { index in
        let (frequency, place) = (Double(index / 8), Double(index % 8))
        let scale = frequency == 0 ? 0.125.squareRoot() : 0.5
        return Float(scale * cos((2 * place + 1) * frequency * Double.pi / 16))
    }

    private static let inverseCosines: [Float] = (0 ..< 64).map { cosines[$0 % 8 * 8 + $0 / 8] }
}
