import Glibc
import TesseraTensor

extension Tensor where Element == Float {
    /// Gathers rows of a matrix `[M, D]`.
    ///
    /// Shape `[rows.count, D]`.
    func rows(_ rows: [Int]) -> Tensor {
        let width = shape[1]
        return withUnsafeBuffer { source in
            Tensor(shape: [rows.count, width]) { target in
                guard let source = source.baseAddress, let target = target.baseAddress else {
                    return
                }
                ThreadPool.run(over: rows.count, by: 32) { range in
                    for index in range {
                        (target + index * width)
                            .initialize(from: source + rows[index] * width, count: width)
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
