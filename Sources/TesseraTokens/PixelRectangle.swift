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
}
