import Glibc

/// All squares of 8×8 pixels that touch a rectangle of a plane, a row of squares at a time.
///
/// Every loop runs along a row of pixels. Because the cosines are even or odd about their middle, a
/// transform of eight values is made of two of four.
struct CosineStrip {
    let height: Int
    let width: Int
    let rows: Range<Int>
    let columns: Range<Int>

    private static let side = 8

    /// The first four values of the cosines of eight frequencies, orthonormal; the last four are the same
    /// backwards, with the other sign if the frequency is odd.
    private static let cosines: [SIMD4<Float>] = (0 ..< 8).map { u in
        let scale = u == 0 ? 0.125.squareRoot() : 0.5
        var row = SIMD4<Float>()
        for x in 0 ..< 4 { row[x] = Float(scale * cos(Double((2 * x + 1) * u) * .pi / 16)) }
        return row
    }

    /// Changes the coefficients of all squares, and writes the mean of the squares over each pixel.
    ///
    /// - Parameters:
    ///   - source: The plane.
    ///   - pilot: Another, whose coefficients the change is told.
    ///   - target: The plane to write the rectangle into.
    ///   - change: Changes coefficients of one frequency.
    func change(
        _ source: UnsafePointer<Float>, pilot: UnsafePointer<Float>?,
        into target: UnsafeMutablePointer<Float>, _ change: ChangingRows
    ) {
        let side = Self.side
        let squareCount = columns.count + side - 1
        // Pixels that squares see: seven more on either side.
        let count = squareCount + side - 1
        withZeros((rows.count + 2 * side) * count) { sums in
            withZeros(5 * side * count) { scratch in
                let (spectrum, pilotSpectrum) = (scratch, scratch + side * count)
                let (line, pilotLine) = (scratch + 2 * side * count, scratch + 3 * side * count)
                let halves = scratch + 4 * side * count
                for (index, top) in (rows.lowerBound - side + 1 ..< rows.upperBound).enumerated() {
                    transformColumns(source, top, count, into: spectrum, halves)
                    if let pilot {
                        transformColumns(pilot, top, count, into: pilotSpectrum, halves)
                    }
                    for u in 0 ..< side {
                        let row = spectrum + u * count
                        transform(row, step: 1, squareCount, into: line, count, halves)
                        if pilot != nil {
                            transform(
                                pilotSpectrum + u * count, step: 1, squareCount, into: pilotLine,
                                count, halves)
                        }
                        for v in 0 ..< side {
                            change(
                                line + v * count,
                                pilot == nil ? nil : UnsafePointer(pilotLine + v * count),
                                squareCount)
                        }
                        row.update(repeating: 0, count: count)
                        addBack(line, count, squareCount, to: row, step: 1, halves)
                    }
                    addBack(
                        spectrum, count, count, to: sums + index * count, step: count, halves)
                }
                write(sums, count: count, into: target)
            }
        }
    }

    /// Gives memory of zeros for a while.
    private func withZeros(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
            buffer.initialize(repeating: 0)
            body(buffer.baseAddress!)
        }
    }

    /// Transforms eight rows of the plane from `top` on, column by column.
    private func transformColumns(
        _ source: UnsafePointer<Float>, _ top: Int, _ count: Int,
        into spectrum: UnsafeMutablePointer<Float>, _ halves: UnsafeMutablePointer<Float>
    ) {
        let first = columns.lowerBound - Self.side + 1
        for i in 0 ..< Self.side {
            let row = source + reflected(top + i, count: height) * width
            let target = spectrum + i * count
            for x in 0 ..< count {
                let place = first + x
                target[x] =
                    row[
                        place >= 0 && place < width ? place : reflected(place, count: width)]
            }
        }
        transform(spectrum, step: count, count, into: spectrum, count, halves)
    }

    /// Transforms eight values, `step` apart, from each of `count` places on.
    ///
    /// Coefficients of one frequency become a row of `target`; rows are `stride` apart.
    private func transform(
        _ source: UnsafePointer<Float>, step: Int, _ count: Int,
        into target: UnsafeMutablePointer<Float>, _ stride: Int,
        _ halves: UnsafeMutablePointer<Float>
    ) {
        for i in 0 ..< 4 {
            let (near, far) = (source + i * step, source + (7 - i) * step)
            let (sums, differences) = (halves + i * stride, halves + (4 + i) * stride)
            for x in 0 ..< count {
                sums[x] = near[x] + far[x]
                differences[x] = near[x] - far[x]
            }
        }
        for k in 0 ..< 8 {
            let parts = halves + k % 2 * 4 * stride
            let (a, b) = (parts, parts + stride)
            let (c, d) = (parts + 2 * stride, parts + 3 * stride)
            let row = target + k * stride
            let weights = Self.cosines[k]
            let (p, q, r, s) = (weights.x, weights.y, weights.z, weights.w)
            for x in 0 ..< count { row[x] = p * a[x] + q * b[x] + r * c[x] + s * d[x] }
        }
    }

    /// Transforms rows of coefficients back, and adds eight values, `step` apart, to each place.
    private func addBack(
        _ source: UnsafePointer<Float>, _ stride: Int, _ count: Int,
        to target: UnsafeMutablePointer<Float>, step: Int, _ halves: UnsafeMutablePointer<Float>
    ) {
        let (even, odd) = (halves, halves + stride)
        for i in 0 ..< 4 {
            for (half, first) in [(even, 0), (odd, 1)] {
                let rows = source + first * stride
                let (a, b) = (rows, rows + 2 * stride)
                let (c, d) = (rows + 4 * stride, rows + 6 * stride)
                let cosines = Self.cosines
                let (p, q) = (cosines[first][i], cosines[first + 2][i])
                let (r, s) = (cosines[first + 4][i], cosines[first + 6][i])
                for x in 0 ..< count { half[x] = p * a[x] + q * b[x] + r * c[x] + s * d[x] }
            }
            let (near, far) = (target + i * step, target + (7 - i) * step)
            for x in 0 ..< count { near[x] += even[x] + odd[x] }
            for x in 0 ..< count { far[x] += even[x] - odd[x] }
        }
    }

    /// Writes the means of the 64 squares over each pixel.
    private func write(
        _ sums: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>
    ) {
        let margin = Self.side - 1
        for y in rows {
            let row = sums + (y - rows.lowerBound + margin) * count + margin
            for (index, x) in columns.enumerated() { target[y * width + x] = row[index] / 64 }
        }
    }
}
