/// How a grid of positions is cut into tiles that overlap by a halo.
///
/// A tile is computed from its own positions and a halo around them as wide as the receptive field,
/// cut off where the grid ends, and only its own positions are kept. What the network sees of the
/// grid's border it sees in the untiled picture too, and what it sees of a tile's border lies in
/// the halo: tiling changes nothing but time and memory.
struct TilePlan {
    /// One tile, in positions.
    struct Tile: Hashable {
        /// The rows that are kept.
        let rows: Range<Int>

        /// The columns that are kept.
        let columns: Range<Int>

        /// The rows that are computed.
        let haloRows: Range<Int>

        /// The columns that are computed.
        let haloColumns: Range<Int>
    }

    /// The tiles, row by row from the top.
    let tiles: [Tile]

    /// Cuts a grid into tiles of nearly equal extent.
    ///
    /// - Parameters:
    ///   - height: The number of rows of positions.
    ///   - width: The number of columns of positions.
    ///   - side: The largest number of rows and columns of a tile with its halo; at least one more
    ///     than two halos.
    ///   - halo: The number of positions around a tile that its values depend on.
    init(height: Int, width: Int, side: Int, halo: Int) {
        precondition(
            side > 2 * halo, "Tiles of \(side) positions leave no room inside a halo of \(halo)")
        let rows = TilePlan.cuts(of: height, side: side, halo: halo)
        let columns = TilePlan.cuts(of: width, side: side, halo: halo)
        tiles = rows.flatMap { rows in
            columns.map { columns in
                Tile(
                    rows: rows, columns: columns,
                    haloRows: TilePlan.widen(rows, by: halo, within: height),
                    haloColumns: TilePlan.widen(columns, by: halo, within: width))
            }
        }
    }

    private static func cuts(of extent: Int, side: Int, halo: Int) -> [Range<Int>] {
        guard extent > side else { return [0 ..< extent] }
        let inside = side - 2 * halo
        let count = (extent + inside - 1) / inside
        return (0 ..< count).map { extent * $0 / count ..< extent * ($0 + 1) / count }
    }

    private static func widen(_ range: Range<Int>, by halo: Int, within extent: Int) -> Range<Int> {
        max(range.lowerBound - halo, 0) ..< min(range.upperBound + halo, extent)
    }
}
