/// A rectangle of positions that is worked on at once, and the part of it that is kept.
public struct Window: Hashable, Sendable {
    /// What is worked on.
    public let area: PositionRectangle

    /// What is kept of it, counted as the area is.
    public let kept: PositionRectangle

    /// Makes a window.
    ///
    /// - Parameters:
    ///   - area: What is worked on.
    ///   - kept: What is kept of it, counted as the area is.
    public init(area: PositionRectangle, kept: PositionRectangle) {
        self.area = area
        self.kept = kept
    }

    /// What is kept, counted from the corner of the area.
    public var keptInside: PositionRectangle { kept.relative(to: area) }
}

extension PositionRectangle {
    /// Covers the rectangle with windows of which each keeps its inside.
    ///
    /// What is kept covers the rectangle once, in parts of nearly equal size; a window is such a part and
    /// a margin around it, cut off where the rectangle ends. A rectangle that is no larger than a window
    /// is one.
    ///
    /// - Parameters:
    ///   - side: The largest number of rows and of columns of a window with its margin; at least one more
    ///     than two margins.
    ///   - margin: How far a window looks beyond what is kept of it.
    /// - Returns: The windows, row by row from the top.
    public func windows(ofSide side: Int, margin: Int) -> [Window] {
        precondition(
            side > 2 * margin,
            "Windows of \(side) positions leave no room inside a margin of \(margin)")
        func parts(of range: Range<Int>) -> [Range<Int>] {
            let (count, inside) = (range.count, side - 2 * margin)
            let partCount = count <= side ? 1 : (count + inside - 1) / inside
            return (0 ..< partCount).map { part in
                range.lowerBound + count * part / partCount
                    ..< range.lowerBound + count * (part + 1) / partCount
            }
        }
        let columns = parts(of: self.columns)
        return parts(of: rows).flatMap { rows in
            columns.map { columns in
                let kept = PositionRectangle(rows: rows, columns: columns)
                return Window(area: kept.widened(by: margin, within: self), kept: kept)
            }
        }
    }

    /// Covers the rectangle with windows of one size that step by half of it, to be blended.
    ///
    /// The last window along each axis ends with the rectangle, so that every position lies in the middle
    /// half of some window, or at the border of the rectangle. A rectangle that is no larger than a window
    /// is one of its own size.
    ///
    /// - Parameter side: The largest number of rows and of columns of a window, at least 1.
    /// - Returns: The windows, row by row from the top.
    public func windowsSteppingByHalf(ofSide side: Int) -> [PositionRectangle] {
        func starts(_ range: Range<Int>) -> [Int] {
            guard range.count > side else { return [range.lowerBound] }
            let last = range.upperBound - side
            return Array(stride(from: range.lowerBound, to: last, by: max(side / 2, 1))) + [last]
        }
        let lefts = starts(columns)
        return starts(rows).flatMap { top in
            lefts.map { left in
                PositionRectangle(
                    top: top, left: left, height: min(height, side), width: min(width, side))
            }
        }
    }

    /// How much a position counts in a window that is blended with others.
    ///
    /// Falls linearly from the middle of the window to its border and is never 0.
    ///
    /// - Parameters:
    ///   - row: The row of the position, counted from the window's first.
    ///   - column: The column of the position, counted from the window's first.
    /// - Returns: A weight of at least 1.
    public func blendingWeight(row: Int, column: Int) -> Float {
        let vertical = min(row + 1, height - row)
        let horizontal = min(column + 1, width - column)
        return Float(vertical * horizontal)
    }
}
