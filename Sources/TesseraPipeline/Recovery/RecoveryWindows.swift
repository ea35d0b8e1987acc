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

    private static func parts(of extent: Int) -> [Range<Int>] {
        let inside = maximumSide - 2 * margin
        let count = extent <= maximumSide ? 1 : (extent + inside - 1) / inside
        return (0 ..< count).map { extent * $0 / count ..< extent * ($0 + 1) / count }
    }

    private static func widened(_ kept: Range<Int>, within extent: Int) -> Range<Int> {
        max(kept.lowerBound - margin, 0) ..< min(kept.upperBound + margin, extent)
    }
}
