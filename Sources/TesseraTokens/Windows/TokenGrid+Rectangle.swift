extension TokenGrid {
    /// All positions of the grid.
    public var area: PositionRectangle { PositionRectangle(height: height, width: width) }

    /// The tokens of a rectangle.
    ///
    /// - Parameter rectangle: A rectangle inside the grid.
    /// - Returns: A grid of the rectangle's size.
    public func window(_ rectangle: PositionRectangle) -> TokenGrid {
        precondition(
            rectangle.rows.upperBound <= height && rectangle.columns.upperBound <= width,
            "A window must lie inside its grid")
        return TokenGrid(
            height: rectangle.height, width: rectangle.width, vocabulary: vocabulary,
            codes: codes.window(rectangle, ofWidth: width, depth: slotCount))
    }

    /// Puts the tokens of a smaller grid into a rectangle of this one.
    ///
    /// - Parameters:
    ///   - rectangle: A rectangle inside the grid.
    ///   - part: A grid of the rectangle's size and this grid's vocabulary.
    public mutating func replace(_ rectangle: PositionRectangle, with part: TokenGrid) {
        precondition(
            part.height == rectangle.height && part.width == rectangle.width
                && part.vocabulary == vocabulary,
            "A rectangle of \(rectangle.width) x \(rectangle.height) positions got "
                + "\(part.width) x \(part.height)")
        let count = rectangle.width * slotCount
        for (number, row) in rectangle.rows.enumerated() {
            let start = (row * width + rectangle.left) * slotCount
            for i in 0 ..< count { self[start + i] = part[number * count + i] }
        }
    }
}

extension Array {
    /// The elements of a rectangle, of those of a whole grid or image.
    ///
    /// - Parameters:
    ///   - rectangle: A rectangle inside the grid.
    ///   - width: The number of columns of the grid.
    ///   - depth: The number of elements of a position.
    /// - Returns: The rectangle's elements, row by row.
    public func window(
        _ rectangle: Rectangle<some Any>, ofWidth width: Int, depth: Int = 1
    ) -> [Element] {
        var part: [Element] = []
        part.reserveCapacity(rectangle.height * rectangle.width * depth)
        for row in rectangle.rows {
            let start = (row * width + rectangle.left) * depth
            part += self[start ..< start + rectangle.width * depth]
        }
        return part
    }
}
