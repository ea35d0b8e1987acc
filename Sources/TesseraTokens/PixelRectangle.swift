/// A rectangle of whole pixels inside a picture.
public struct PixelRectangle: Hashable, Sendable {
    /// The first row.
    public let top: Int

    /// The first column.
    public let left: Int

    /// The number of rows.
    public let height: Int

    /// The number of columns.
    public let width: Int

    /// Makes a rectangle from its upper left corner and its extent, both in pixels.
    public init(top: Int, left: Int, height: Int, width: Int) {
        precondition(
            top >= 0 && left >= 0 && height > 0 && width > 0,
            "A rectangle has a place and an extent inside its picture, but got "
                + "\(width) x \(height) pixels at row \(top), column \(left)")
        self.top = top
        self.left = left
        self.height = height
        self.width = width
    }

    /// The rows of the rectangle.
    public var rows: Range<Int> { top ..< top + height }

    /// The columns of the rectangle.
    public var columns: Range<Int> { left ..< left + width }

    /// The rectangle with a margin on all sides, as far as the picture goes.
    ///
    /// - Parameters:
    ///   - margin: How many pixels it gains on every side, 0 or more.
    ///   - height: The height of the picture.
    ///   - width: The width of the picture.
    /// - Returns: A rectangle inside the picture.
    public func widened(by margin: Int, height: Int, width: Int) -> PixelRectangle {
        let (top, left) = (max(self.top - margin, 0), max(self.left - margin, 0))
        return PixelRectangle(
            top: top, left: left,
            height: min(self.top + self.height + margin, height) - top,
            width: min(self.left + self.width + margin, width) - left)
    }
}
