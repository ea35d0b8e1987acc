package import TesseraInverse
package import TesseraTokens

/// A rectangle of a picture around one hole or several near ones, in positions.
package struct InpaintingRegion: Equatable {
    /// The rows of positions.
    package var rows: Range<Int>

    /// The columns of positions.
    package var columns: Range<Int>

    /// Makes a region.
    ///
    /// - Parameters:
    ///   - rows: The rows of positions.
    ///   - columns: The columns of positions.
    package init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    /// How far a region reaches beyond its hole: what the prior and the decoder can make use of.
    package static let margin = 8

    /// The least side of a region: the window that priors are trained on.
    package static let leastSide = 16

    /// Finds the regions that a mask asks for.
    ///
    /// Holes that lie far from each other are filled in regions of their own, so that the work grows
    /// with the holes and not with the picture.
    ///
    /// - Parameters:
    ///   - mask: The missing pixels.
    ///   - side: The side of the square of pixels that one position stands for.
    /// - Returns: Regions that do not overlap and hold every missing pixel; none without a hole.
    package static func covering(_ mask: PixelMask, side: Int) -> [InpaintingRegion] {
        let height = (mask.height + side - 1) / side
        let width = (mask.width + side - 1) / side
        let isHole = mask.holeFractions(ofSquares: side).map { $0 > 0 }
        var regions = boxes(of: isHole, height: height, width: width).map {
            InpaintingRegion(
                rows: widened($0.rows, within: height),
                columns: widened($0.columns, within: width))
        }
        var isSettled = false
        while !isSettled {
            isSettled = true
            var separate: [InpaintingRegion] = []
            for region in regions {
                if let index = separate.firstIndex(where: { $0.overlaps(region) }) {
                    separate[index] = separate[index].union(region)
                    isSettled = false
                } else {
                    separate.append(region)
                }
            }
            regions = separate
        }
        return regions.sorted {
            ($0.rows.lowerBound, $0.columns.lowerBound) < (
                $1.rows.lowerBound, $1.columns.lowerBound
            )
        }
    }

    /// The pixels of the region inside a picture.
    package func rectangle(side: Int, height: Int, width: Int) -> PixelRectangle {
        let top = rows.lowerBound * side
        let left = columns.lowerBound * side
        return PixelRectangle(
            top: top, left: left, height: min(rows.upperBound * side, height) - top,
            width: min(columns.upperBound * side, width) - left)
    }

    private func overlaps(_ other: InpaintingRegion) -> Bool {
        rows.overlaps(other.rows) && columns.overlaps(other.columns)
    }

    private func union(_ other: InpaintingRegion) -> InpaintingRegion {
        InpaintingRegion(
            rows: min(rows.lowerBound, other.rows.lowerBound)
                ..< max(rows.upperBound, other.rows.upperBound),
            columns: min(columns.lowerBound, other.columns.lowerBound)
                ..< max(columns.upperBound, other.columns.upperBound))
    }

    private static func widened(_ range: Range<Int>, within extent: Int) -> Range<Int> {
        let missing = max(leastSide - range.count - 2 * margin, 0)
        let lower = max(range.lowerBound - margin - (missing + 1) / 2, 0)
        let upper = min(max(range.upperBound + margin + missing / 2, lower + leastSide), extent)
        return min(lower, max(upper - leastSide, 0)) ..< upper
    }

    /// The bounding boxes of the connected parts of a set of positions, corners touching too.
    private static func boxes(
        of isMember: [Bool], height: Int, width: Int
    ) -> [InpaintingRegion] {
        var isSeen = [Bool](repeating: false, count: isMember.count)
        var boxes: [InpaintingRegion] = []
        for first in isMember.indices where isMember[first] && !isSeen[first] {
            isSeen[first] = true
            var waiting = [first]
            var box = InpaintingRegion(
                rows: first / width ..< first / width + 1,
                columns: first % width ..< first % width + 1)
            while let position = waiting.popLast() {
                let (row, column) = position.quotientAndRemainder(dividingBy: width)
                box = box.union(
                    InpaintingRegion(rows: row ..< row + 1, columns: column ..< column + 1))
                for y in max(row - 1, 0) ..< min(row + 2, height) {
                    for x in max(column - 1, 0) ..< min(column + 2, width) {
                        let next = y * width + x
                        if isMember[next] && !isSeen[next] {
                            isSeen[next] = true
                            waiting.append(next)
                        }
                    }
                }
            }
            boxes.append(box)
        }
        return boxes
    }
}
