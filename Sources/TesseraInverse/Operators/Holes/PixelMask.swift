public import TesseraTensor

/// Which pixels of a picture are missing.
public struct PixelMask: Hashable, Sendable {
    /// The number of rows of pixels, H.
    public let height: Int

    /// The number of columns of pixels, W.
    public let width: Int

    /// Whether each pixel is missing, row by row, `[H, W]`.
    public let isHole: [Bool]

    /// Makes a mask from one flag a pixel.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels.
    ///   - width: The number of columns of pixels.
    ///   - isHole: Whether each pixel is missing. Shape `[height, width]`.
    public init(height: Int, width: Int, isHole: [Bool]) {
        precondition(
            isHole.count == height * width,
            "A mask of \(height) x \(width) pixels got \(isHole.count) flags")
        self.height = height
        self.width = width
        self.isHole = isHole
    }

    /// Makes a mask from one flag a pixel.
    ///
    /// - Parameter isHole: Whether each pixel is missing. Shape `[H, W]`.
    public init(_ isHole: Tensor<Bool>) {
        precondition(
            isHole.shape.count == 2, "A mask has a shape [H, W], but got \(isHole.shape)")
        self.init(height: isHole.shape[0], width: isHole.shape[1], isHole: isHole.elements)
    }

    /// Makes a mask in which a rectangle is missing.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels.
    ///   - width: The number of columns of pixels.
    ///   - rows: The missing rows; those outside of the picture do not count.
    ///   - columns: The missing columns; those outside of the picture do not count.
    public init(height: Int, width: Int, rows: Range<Int>, columns: Range<Int>) {
        var isHole = [Bool](repeating: false, count: height * width)
        for y in rows.clamped(to: 0 ..< height) {
            for x in columns.clamped(to: 0 ..< width) {
                isHole[y * width + x] = true
            }
        }
        self.init(height: height, width: width, isHole: isHole)
    }

    /// The number of missing pixels.
    public var holeCount: Int { isHole.count { $0 } }

    /// Whether all pixels of some square are missing.
    ///
    /// - Parameter side: The side of the square in pixels, at least 1.
    /// - Returns: Whether there is such a square.
    public func hasHole(ofSide side: Int) -> Bool {
        // The largest square without a known pixel whose lower right corner is each pixel of a row.
        var sides = [Int](repeating: 0, count: width)
        for y in 0 ..< height {
            var (left, corner) = (0, 0)
            for x in 0 ..< width {
                let above = sides[x]
                sides[x] = isHole[y * width + x] ? 1 + min(left, above, corner) : 0
                if sides[x] >= side { return true }
                (left, corner) = (sides[x], above)
            }
        }
        return false
    }

    /// The part of a mask inside a rectangle of pixels.
    ///
    /// - Parameters:
    ///   - row: The first row.
    ///   - column: The first column.
    ///   - height: The number of rows.
    ///   - width: The number of columns.
    /// - Returns: A mask of `height` × `width` pixels.
    public func window(row: Int, column: Int, height: Int, width: Int) -> PixelMask {
        precondition(
            row >= 0 && column >= 0 && row + height <= self.height && column + width <= self.width,
            "A window must lie inside its mask")
        let part = (row ..< row + height).flatMap { y in
            isHole[y * self.width + column ..< y * self.width + column + width]
        }
        return PixelMask(height: height, width: width, isHole: part)
    }

    /// The missing part of each square of pixels that one token stands for.
    ///
    /// Squares at the right and lower edges may reach over the picture; only pixels of the picture
    /// count.
    ///
    /// - Parameter side: The side of a square in pixels, such as 8.
    /// - Returns: Fractions in [0, 1]. Shape `[⌈H / side⌉, ⌈W / side⌉]`.
    public func holeFractions(ofSquares side: Int) -> [Double] {
        precondition(side >= 1, "A square has a side of at least 1 pixel, but got \(side)")
        let rows = (height + side - 1) / side
        let columns = (width + side - 1) / side
        var counts = [Int](repeating: 0, count: rows * columns)
        var areas = counts
        for y in 0 ..< height {
            for x in 0 ..< width {
                let square = y / side * columns + x / side
                areas[square] += 1
                if isHole[y * width + x] { counts[square] += 1 }
            }
        }
        return zip(counts, areas).map { Double($0) / Double($1) }
    }
}

extension PixelMask {
    /// Makes a mask in which a fixed number of pixels is missing, anywhere.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels.
    ///   - width: The number of columns of pixels.
    ///   - fraction: The missing part, in [0, 1]; the count is rounded to the nearest whole pixel.
    ///   - random: The source of the choice.
    public init(height: Int, width: Int, fraction: Double, random: RandomSource) {
        precondition(
            fraction >= 0 && fraction <= 1, "A part lies in [0, 1], but got \(fraction)")
        let count = height * width
        let keys = (0 ..< count).map { random.uniform(step: 0, position: $0, draw: 0) }
        let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        var isHole = [Bool](repeating: false, count: count)
        for index in order.prefix(Int((fraction * Double(count)).rounded())) {
            isHole[index] = true
        }
        self.init(height: height, width: width, isHole: isHole)
    }
}
