import TesseraImage

/// The largest stride or number of pictures that is taken: sums and products of sizes stay whole.
let largestSize = 1 << 40

/// The most bytes that processors address: what a caller says of its memory is cut down to this.
let largestMemory = 1 << 56

/// Checks a number of C.
///
/// - Parameters:
///   - number: The number.
///   - name: What the header calls it.
///   - range: The numbers that are taken.
/// - Returns: The number.
/// - Throws: A ``Failure`` if it is outside the range.
func checked(
    _ number: some FixedWidthInteger, _ name: String, in range: ClosedRange<Int>
) throws(Failure) -> Int {
    guard let known = Int(exactly: number), range.contains(known) else {
        throw .argument(
            "'\(name)' is \(number), but must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return known
}

/// Checks that a size is that of a picture.
///
/// - Throws: A ``Failure`` if it has no pixels, or too many.
func checkSize(height: Int, width: Int) throws(Failure) {
    let limits = DecodingLimits()
    _ = try checked(height.asUnsigned, "height", in: 1 ... limits.maximumSide)
    _ = try checked(width.asUnsigned, "width", in: 1 ... limits.maximumSide)
    guard height * width <= limits.maximumPixelCount else {
        throw .argument(
            "a picture has \(width) x \(height) pixels, but may have \(limits.maximumPixelCount)")
    }
}

extension Int {
    /// The number that C meant: a `size_t` comes as a signed number.
    var asUnsigned: UInt { UInt(bitPattern: self) }

    /// The number that C meant, or the largest one.
    var clampedToInt: Int { Int(clamping: asUnsigned) }
}
