import TesseraTokens

/// How a grid that is larger than a model's window is covered by windows that overlap.
///
/// Windows step by half their extent, the last one ending with the grid, so that every position lies
/// in the middle half of some window along each axis, or at the border of the grid. A grid that is
/// no larger than the window is one window of its own size.
struct WindowPlan {
    /// The upper left corner of a window, in positions.
    struct Origin: Hashable {
        let row: Int
        let column: Int
    }

    /// The number of rows of every window.
    let height: Int

    /// The number of columns of every window.
    let width: Int

    /// The windows in raster order.
    let origins: [Origin]

    /// Covers a grid.
    ///
    /// - Parameters:
    ///   - gridHeight: The number of rows of the grid.
    ///   - gridWidth: The number of columns of the grid.
    ///   - extent: The largest number of rows and of columns of a window.
    init(gridHeight: Int, gridWidth: Int, extent: Int) {
        height = min(gridHeight, extent)
        width = min(gridWidth, extent)
        let rows = WindowPlan.starts(grid: gridHeight, window: height)
        let columns = WindowPlan.starts(grid: gridWidth, window: width)
        origins = rows.flatMap { row in columns.map { Origin(row: row, column: $0) } }
    }

    /// How much a position of a window counts where windows overlap.
    ///
    /// Falls linearly from the middle of the window to its border and is never 0.
    func weight(row: Int, column: Int) -> Float {
        let vertical = min(row + 1, height - row)
        let horizontal = min(column + 1, width - column)
        return Float(vertical * horizontal)
    }

    /// The codes of a window, position after position.
    func codes(of grid: TokenGrid, at origin: Origin) -> [Int32] {
        grid.window(row: origin.row, column: origin.column, height: height, width: width).codes
    }

    private static func starts(grid: Int, window: Int) -> [Int] {
        guard grid > window else { return [0] }
        var starts = Array(stride(from: 0, to: grid - window, by: max(window / 2, 1)))
        starts.append(grid - window)
        return starts
    }
}
