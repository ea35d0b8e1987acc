import TesseraTensor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Tensor where Element == Float {
    /// Gathers rows of a matrix `[M, D]`.
    ///
    /// Shape `[rows.count, D]`.
    func rows(_ rows: [Int]) -> Tensor {
        let width = shape[1]
        return withUnsafeBuffer { source in
            Tensor(shape: [rows.count, width]) { target in
                for (index, row) in rows.enumerated() {
                    for column in 0 ..< width {
                        target[index * width + column] = source[row * width + column]
                    }
                }
            }
        }
    }
}

/// log Σ exp(x), without overflow.
func logarithmOfSum(_ values: UnsafeBufferPointer<Float>) -> Float {
    guard let largest = values.max(), largest > -.infinity else { return 0 }
    return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
