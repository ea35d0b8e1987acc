extension PositionRectangle {
    /// The smallest rectangle that holds all positions of a set.
    ///
    /// - Parameters:
    ///   - isMember: Whether each position of a grid is in the set, row by row.
    ///   - width: The number of columns of the grid.
    /// - Returns: A rectangle, or `nil` if the set is empty.
    public static func bounding(_ isMember: [Bool], ofWidth width: Int) -> PositionRectangle? {
        let members = isMember.indices.filter { isMember[$0] }
        guard let first = members.first, let last = members.last else { return nil }
        let columns = members.map { $0 % width }
        guard let left = columns.min(), let right = columns.max() else { return nil }
        return PositionRectangle(
            rows: first / width ..< last / width + 1, columns: left ..< right + 1)
    }

    /// Rectangles that hold all positions of a set, with a margin around each connected part of it.
    ///
    /// Parts that lie far from each other have rectangles of their own, so that what is done in them grows
    /// with the set and not with the grid.
    ///
    /// - Parameters:
    ///   - isMember: Whether each position is in the set. Shape `[height, width]`.
    ///   - height: The number of rows of the grid.
    ///   - width: The number of columns of the grid.
    ///   - margin: How far a rectangle goes beyond its part of the set.
    ///   - leastSide: The least side of a rectangle, where the grid is that large.
    /// - Returns: Rectangles that do not overlap, row by row from the top; none for an empty set.
    public static func surrounding(
        _ isMember: [Bool], height: Int, width: Int, margin: Int, leastSide: Int
    ) -> [PositionRectangle] {
        let whole = PositionRectangle(height: height, width: width)
        func widened(_ range: Range<Int>, within count: Int) -> Range<Int> {
            let missing = Swift.max(leastSide - range.count - 2 * margin, 0)
            let lower = Swift.max(range.lowerBound - margin - (missing + 1) / 2, 0)
            let upper = Swift.min(
                Swift.max(range.upperBound + margin + missing / 2, lower + leastSide), count)
            return Swift.min(lower, Swift.max(upper - leastSide, 0)) ..< upper
        }
        var rectangles = connectedParts(of: isMember, in: whole).map {
            PositionRectangle(
                rows: widened($0.rows, within: height), columns: widened($0.columns, within: width))
        }
        var areSeparate = false
        while !areSeparate {
            areSeparate = true
            var separate: [PositionRectangle] = []
            for rectangle in rectangles {
                if let index = separate.firstIndex(where: { $0.overlaps(rectangle) }) {
                    separate[index] = separate[index].union(rectangle)
                    areSeparate = false
                } else {
                    separate.append(rectangle)
                }
            }
            rectangles = separate
        }
        return rectangles.sorted { ($0.top, $0.left) < ($1.top, $1.left) }
    }

    /// The bounding rectangles of the connected parts of a set of positions, corners touching too.
    private static func connectedParts(
        of isMember: [Bool], in whole: PositionRectangle
    ) -> [PositionRectangle] {
        let width = whole.width
        var isSeen = [Bool](repeating: false, count: isMember.count)
        var parts: [PositionRectangle] = []
        for first in isMember.indices where isMember[first] && !isSeen[first] {
            isSeen[first] = true
            var waiting = [first]
            var part = PositionRectangle(
                top: first / width, left: first % width, height: 1, width: 1)
            while let position = waiting.popLast() {
                let one = PositionRectangle(
                    top: position / width, left: position % width, height: 1, width: 1)
                part = part.union(one)
                let near = one.widened(by: 1, within: whole)
                for next in near.rows.flatMap({ y in near.columns.map { y * width + $0 } })
                where isMember[next] && !isSeen[next] {
                    isSeen[next] = true
                    waiting.append(next)
                }
            }
            parts.append(part)
        }
        return parts
    }
}
