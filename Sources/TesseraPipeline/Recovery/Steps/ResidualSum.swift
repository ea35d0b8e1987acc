/// The root mean square of differences that come in parts.
struct ResidualSum {
    private var squares = 0.0
    private var count = 0

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - residual: The root mean square over `total` values, of which all but `count` are zero.
    ///   - count: The number of values that count.
    ///   - total: The number of values that the residual was divided by.
    mutating func add(_ residual: Double, count: Int, of total: Int) {
        squares += residual * residual * Double(total)
        self.count += count
    }

    /// The root mean square over all values that count; 0 if there are none.
    var value: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }
}
