package import TesseraTokens

/// A rectangle of positions that is sampled at once, and the part of it that is kept.
package struct RecoveryWindow: Equatable {
    /// The rows of positions that are sampled.
    package let rows: Range<Int>

    /// The columns of positions that are sampled.
    package let columns: Range<Int>

    /// The rows whose tokens are kept.
    package let keptRows: Range<Int>

    /// The columns whose tokens are kept.
    package let keptColumns: Range<Int>

    /// The pixels of the window inside a picture.
    package func rectangle(side: Int, height: Int, width: Int) -> PixelRectangle {
        let top = rows.lowerBound * side
        let left = columns.lowerBound * side
        return PixelRectangle(
            top: top, left: left, height: min(rows.upperBound * side, height) - top,
            width: min(columns.upperBound * side, width) - left)
    }

    /// The largest side of a window in positions: about what a gradient step can hold and afford.
    package static let maximumSide = 40

    /// How far a window looks beyond what is kept of it.
    package static let margin = 4

    /// How far decoding for a gradient looks beyond the masked positions of a window.
    package static let focusMargin = 4

    /// The part of a picture's grid that a window of this window is.
    func part(_ inner: RecoveryWindow) -> RecoveryWindow {
        func moved(_ range: Range<Int>, by offset: Int) -> Range<Int> {
            range.lowerBound + offset ..< range.upperBound + offset
        }
        return RecoveryWindow(
            rows: moved(inner.rows, by: rows.lowerBound),
            columns: moved(inner.columns, by: columns.lowerBound),
            keptRows: moved(inner.keptRows, by: rows.lowerBound),
            keptColumns: moved(inner.keptColumns, by: columns.lowerBound))
    }

    /// Covers a grid with windows, to be sampled in this order.
    ///
    /// What is kept of the windows covers the grid once. A grid that is no larger than a window is one.
    package static func covering(height: Int, width: Int) -> [RecoveryWindow] {
        let rows = parts(of: height)
        let columns = parts(of: width)
        return rows.flatMap { kept in
            columns.map { keptColumns in
                RecoveryWindow(
                    rows: widened(kept, within: height),
                    columns: widened(keptColumns, within: width),
                    keptRows: kept, keptColumns: keptColumns)
            }
        }
    }

    /// Covers a grid with windows, without those of which nothing that is kept is to be found.
    ///
    /// - Parameters:
    ///   - height: The number of rows of positions.
    ///   - width: The number of columns of positions.
    ///   - isOpen: Whether each position is to be found. Shape `[height, width]`.
    /// - Returns: The windows, to be sampled in this order.
    static func covering(height: Int, width: Int, where isOpen: [Bool]) -> [RecoveryWindow] {
        covering(height: height, width: width).filter { window in
            window.keptRows.contains { row in
                let first = row * width
                return isOpen[
                    first + window.keptColumns.lowerBound ..< first + window.keptColumns.upperBound
                ].contains(true)
            }
        }
    }

    private static func parts(of extent: Int) -> [Range<Int>] {
        let inside = maximumSide - 2 * margin
        let count = extent <= maximumSide ? 1 : (extent + inside - 1) / inside
        return (0 ..< count).map { extent * $0 / count ..< extent * ($0 + 1) / count }
    }

    private static func widened(_ kept: Range<Int>, within extent: Int) -> Range<Int> {
        max(kept.lowerBound - margin, 0) ..< min(kept.upperBound + margin, extent)
    }
}

extension TokenGrid {
    /// The tokens of a window.
    func window(_ window: RecoveryWindow) -> TokenGrid {
        self.window(
            row: window.rows.lowerBound, column: window.columns.lowerBound,
            height: window.rows.count, width: window.columns.count)
    }

    /// The same grid with the part that is kept of a window replaced.
    func replacing(_ window: RecoveryWindow, by part: TokenGrid) -> TokenGrid {
        var whole = self
        whole.keep(part, of: window)
        return whole
    }

    /// Takes over what is kept of a window.
    mutating func keep(_ part: TokenGrid, of window: RecoveryWindow) {
        for row in window.keptRows {
            for column in window.keptColumns {
                let target = (row * width + column) * slotCount
                let source =
                    ((row - window.rows.lowerBound) * part.width
                        + column - window.columns.lowerBound) * slotCount
                for slot in 0 ..< slotCount { self[target + slot] = part[source + slot] }
            }
        }
    }
}

extension [Float] {
    /// The numbers of a window's positions, of numbers of all positions of a grid.
    func window(_ window: RecoveryWindow, of grid: TokenGrid) -> [Float] {
        window.rows.flatMap { row in
            self[
                row * grid.width + window.columns.lowerBound ..< row * grid.width
                    + window.columns.upperBound]
        }
    }
}
