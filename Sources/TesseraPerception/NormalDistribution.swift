/// A normal distribution in a few dimensions.
struct NormalDistribution {
    /// Shape `[n]`.
    let mean: [Double]

    /// Shape `[n, n]`.
    let covariance: [Double]

    /// The squared Fréchet distance, |m₁ − m₂|² + tr C₁ + tr C₂ − 2 tr (C₁^½ C₂ C₁^½)^½.
    ///
    /// D. Dowson and B. Landau, "The Fréchet distance between multivariate normal distributions", Journal
    /// of Multivariate Analysis 1982.
    func squaredDistance(to other: NormalDistribution) -> Double {
        let order = mean.count
        let own = SymmetricEigensystem(covariance, order: order)
        // Each row times the square root of its eigenvalue.
        let scaled = own.vectors.indices.map {
            own.vectors[$0] * max(own.values[$0 / order], 0).squareRoot()
        }
        let root = product(own.vectors.transposed(rows: order), scaled, inner: order)
        let middle = product(product(root, other.covariance, inner: order), root, inner: order)
        let shared = SymmetricEigensystem(middle, order: order).values
            .reduce(0) { $0 + max($1, 0).squareRoot() }
        let step = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return step + covariance.trace(order) + other.covariance.trace(order) - 2 * shared
    }
}

/// The product of matrices, row by row.
func product(_ a: [Double], _ b: [Double], inner: Int) -> [Double] {
    let (rows, columns) = (a.count / inner, b.count / inner)
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0 ..< rows {
        for k in 0 ..< inner {
            let value = a[row * inner + k]
            for column in 0 ..< columns {
                result[row * columns + column] += value * b[k * columns + column]
            }
        }
    }
    return result
}

extension [Double] {
    /// The sum of a square matrix's diagonal.
    func trace(_ order: Int) -> Double {
        (0 ..< order).reduce(0) { $0 + self[$1 * order + $1] }
    }

    /// The matrix with rows for columns.
    func transposed(rows: Int) -> [Double] {
        let columns = count / rows
        return (0 ..< count).map { self[$0 % rows * columns + $0 / rows] }
    }
}
