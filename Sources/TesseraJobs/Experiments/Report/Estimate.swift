/// A mean with the interval that holds the true one in 95 of 100 cases.
public struct Estimate: Hashable, Sendable {
    /// The mean.
    public let mean: Double

    /// Half the width of the interval; 0 for a single value, of which none is known.
    public let halfWidth: Double

    /// Estimates the mean of a normal distribution from values of it.
    ///
    /// Student, "The Probable Error of a Mean", Biometrika 1908.
    ///
    /// - Parameter values: The values, at least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "No values have no mean")
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        guard values.count > 1 else {
            halfWidth = 0
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        halfWidth = Self.quantile(values.count - 1) * (squares / (count - 1) / count).squareRoot()
    }

    /// The 97.5 % quantile of Student's t; beyond the table within 0.1 %.
    static func quantile(_ degreesOfFreedom: Int) -> Double {
        if degreesOfFreedom <= table.count { return table[degreesOfFreedom - 1] }
        return 1.96 + 2.4 / Double(degreesOfFreedom)
    }

    private static let table = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042,
    ]
}
