import Glibc

/// The orthonormal discrete cosine transform of blocks of 8 × 8 values, as JPEG has it.
enum CosineBlock {
    /// The coefficients of a block; those of one row have one vertical frequency.
    static func coefficients(of block: [Float]) -> [Float] { transformed(block, by: cosines) }

    /// The block of the coefficients.
    static func values(of coefficients: [Float]) -> [Float] {
        transformed(coefficients, by: inverseCosines)
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

    /// Its square is the identity with ``inverseCosines``.
    private static let cosines: [Float] = (0 ..< 64).map { index in
        let (frequency, place) = (Double(index / 8), Double(index % 8))
        let scale = frequency == 0 ? 0.125.squareRoot() : 0.5
        return Float(scale * cos((2 * place + 1) * frequency * Double.pi / 16))
    }

    private static let inverseCosines: [Float] = (0 ..< 64).map { cosines[$0 % 8 * 8 + $0 / 8] }
}
