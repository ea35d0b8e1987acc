/// The eigenvalues and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations.
///
/// C. Jacobi, "Über ein leichtes Verfahren, die in der Theorie der Säcularstörungen vorkommenden Gleichungen
/// numerisch aufzulösen", 1846; G. Golub and C. Van Loan, "Matrix Computations", section 8.5. Errors are
/// some units in the last place of the largest eigenvalue. A matrix of order 128 takes some ten sweeps.
package struct SymmetricEigensystem {
    /// The eigenvalues in rising order.
    package let values: [Double]

    /// The eigenvectors, each of length 1, in the order of ``values``.
    ///
    /// Shape `[n, n]`, one a row.
    package let vectors: [Double]

    /// More sweeps than any finite matrix takes.
    private static let sweepLimit = 60

    /// Takes a matrix apart.
    ///
    /// - Parameters:
    ///   - matrix: Finite numbers, equal across the diagonal. Shape `[order, order]`.
    ///   - order: The number of rows, at least 1.
    package init(_ matrix: [Double], order: Int) {
        precondition(
            order >= 1 && matrix.count == order * order,
            "A matrix of order \(order) got \(matrix.count) numbers")
        var matrix = matrix
        var vectors = matrix.indices.map { $0 % (order + 1) == 0 ? 1.0 : 0 }
        let size = matrix.reduce(0) { $0 + $1 * $1 }
        precondition(size.isFinite, "A matrix that is not finite has no eigenvalues")
        matrix.withUnsafeMutableBufferPointer { matrix in
            vectors.withUnsafeMutableBufferPointer { vectors in
                var sweeps = 0
                // What is left beside the diagonal changes eigenvalues by its square.
                while offDiagonal(matrix, order) > 1e-30 * size && sweeps < Self.sweepLimit {
                    for p in 0 ..< order {
                        for q in p + 1 ..< order { rotate(matrix, vectors, order, p, q) }
                    }
                    sweeps += 1
                }
            }
        }
        let ranks = (0 ..< order).sorted {
            matrix[$0 * (order + 1)] < matrix[$1 * (order + 1)]
        }
        values = ranks.map { matrix[$0 * (order + 1)] }
        self.vectors = ranks.flatMap { vectors[$0 * order ..< ($0 + 1) * order] }
    }
}

/// The sum of the squares above the diagonal.
private func offDiagonal(_ matrix: UnsafeMutableBufferPointer<Double>, _ order: Int) -> Double {
    var sum = 0.0
    for p in 0 ..< order {
        for q in p + 1 ..< order { sum += matrix[p * order + q] * matrix[p * order + q] }
    }
    return sum
}

/// Turns two axes so that nothing is left between them.
private func rotate(
    _ matrix: UnsafeMutableBufferPointer<Double>, _ vectors: UnsafeMutableBufferPointer<Double>,
    _ order: Int, _ p: Int, _ q: Int
) {
    let between = matrix[p * order + q]
    guard between != 0 else { return }
    // The smaller of the two angles.
    let ratio = (matrix[q * order + q] - matrix[p * order + p]) / (2 * between)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    func turn(_ rows: UnsafeMutableBufferPointer<Double>) {
        for k in 0 ..< order {
            let (first, second) = (rows[p * order + k], rows[q * order + k])
            rows[p * order + k] = cosine * first - sine * second
            rows[q * order + k] = sine * first + cosine * second
        }
    }
    let (first, second) = (matrix[p * order + p], matrix[q * order + q])
    turn(matrix)
    turn(vectors)
    for k in 0 ..< order where k != p && k != q {
        matrix[k * order + p] = matrix[p * order + k]
        matrix[k * order + q] = matrix[q * order + k]
    }
    matrix[p * order + p] = first - tangent * between
    matrix[q * order + q] = second + tangent * between
    matrix[p * order + q] = 0
    matrix[q * order + p] = 0
}
