/// What rectangles of an image count: its pixels.
public enum Pixels {}

/// What rectangles of a grid count: its positions.
public enum Positions {}

/// A rectangle of pixels inside an image.
public typealias PixelRectangle = Rectangle<Pixels>

/// A rectangle of positions inside a grid of tokens.
public typealias PositionRectangle = Rectangle<Positions>

/// A rectangle of whole rows and columns, of pixels or of positions.
public struct Rectangle<Unit>: Hashable, Sendable {
    /// The rows.
    public let rows: Range<Int>

    /// The columns.
    public let columns: Range<Int>

    /// Makes a rectangle from its rows and columns.
    ///
    /// - Parameters:
    ///   - rows: The rows, from 0 or more on, at least one.
    ///   - columns: The columns, from 0 or more on, at least one.
    public init(rows: Range<Int>, columns: Range<Int>) {
        precondition(
            rows.lowerBound >= 0 && columns.lowerBound >= 0 && !rows.isEmpty && !columns.isEmpty,
            "A rectangle has a place and a size inside its image, but got rows \(rows) and columns "
                + "\(columns)")
        self.rows = rows
        self.columns = columns
    }

    /// Makes a rectangle from its upper left corner and its size.
    public init(top: Int, left: Int, height: Int, width: Int) {
        precondition(
            top >= 0 && left >= 0 && height > 0 && width > 0,
            "A rectangle has a place and a size inside its image, but got \(width) x \(height) "
                + "\(String(describing: Unit.self).lowercased()) at row \(top), column \(left)")
        self.init(rows: top ..< top + height, columns: left ..< left + width)
    }

    /// Makes the rectangle that is a whole image or grid.
    public init(height: Int, width: Int) {
        self.init(top: 0, left: 0, height: height, width: width)
    }

    /// The first row.
    public var top: Int { rows.lowerBound }

    /// The first column.
    public var left: Int { columns.lowerBound }

    /// The number of rows.
    public var height: Int { rows.count }

    /// The number of columns.
    public var width: Int { columns.count }

    /// Whether another rectangle shares a pixel or position with this one.
    public func overlaps(_ other: Rectangle) -> Bool {
        rows.overlaps(other.rows) && columns.overlaps(other.columns)
    }

    /// The smallest rectangle that holds this one and another.
    public func union(_ other: Rectangle) -> Rectangle {
        Rectangle(
            rows: min(top, other.top) ..< max(rows.upperBound, other.rows.upperBound),
            columns: min(left, other.left) ..< max(columns.upperBound, other.columns.upperBound))
    }

    /// The rectangle with a margin on all sides, as far as another goes.
    ///
    /// - Parameters:
    ///   - margin: How many rows and columns it gains on every side, 0 or more.
    ///   - whole: What it stays inside of, such as the whole image.
    /// - Returns: A rectangle inside `whole`.
    public func widened(by margin: Int, within whole: Rectangle) -> Rectangle {
        func widened(_ range: Range<Int>, _ whole: Range<Int>) -> Range<Int> {
            (range.lowerBound - margin ..< range.upperBound + margin).clamped(to: whole)
        }
        return Rectangle(rows: widened(rows, whole.rows), columns: widened(columns, whole.columns))
    }

    /// A rectangle inside of this one, counted from this one's corner, as it is counted outside.
    public func part(_ inner: Rectangle) -> Rectangle {
        Rectangle(
            top: top + inner.top, left: left + inner.left, height: inner.height,
            width: inner.width)
    }

    /// The same rectangle, counted from the corner of one that it lies inside of.
    public func relative(to outer: Rectangle) -> Rectangle {
        Rectangle(
            top: top - outer.top, left: left - outer.left, height: height, width: width)
    }
}

extension PositionRectangle {
    /// The pixels that the positions stand for.
    ///
    /// - Parameters:
    ///   - side: The side of the square of pixels that one position stands for.
    ///   - height: The height of the image; rows past it were padding.
    ///   - width: The width of the image.
    /// - Returns: A rectangle inside the image.
    public func pixels(side: Int, height: Int, width: Int) -> PixelRectangle {
        PixelRectangle(
            rows: rows.lowerBound * side ..< min(rows.upperBound * side, height),
            columns: columns.lowerBound * side ..< min(columns.upperBound * side, width))
    }
}
