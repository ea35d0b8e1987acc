/// A number with a fixed count of digits after the point.
package func fixed(_ value: Double, _ digitCount: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : (value > 0 ? "inf" : "-inf") }
    var scale = 1.0
    for _ in 0 ..< digitCount { scale *= 10 }
    let whole = (abs(value) * scale).rounded()
    let digits = String(Int(whole))
    let padded = String(repeating: "0", count: max(digitCount + 1 - digits.count, 0)) + digits
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digitCount > 0 else { return sign + padded }
    return sign + padded.dropLast(digitCount) + "." + padded.suffix(digitCount)
}
