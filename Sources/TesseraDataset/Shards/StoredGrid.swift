public import TesseraTokens

/// A grid as shards store it, one or two bytes a code, with what is said about its picture.
public struct StoredGrid: Hashable, Sendable {
    /// What is said about the picture.
    public let item: TokenItem

    /// The rows of the grid, h.
    public let height: Int

    /// The columns of the grid, w.
    public let width: Int

    /// The codes in raster order, slots fastest, little-endian: `[h, w, K]`.
    let bytes: [UInt8]

    /// Packs a grid.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - item: What to say about its picture.
    public init(_ grid: TokenGrid, for item: TokenItem) {
        precondition(
            !grid.codes.contains(TokenGrid.mask), "A grid with masked slots cannot be stored")
        self.item = item
        height = grid.height
        width = grid.width
        bytes =
            grid.vocabulary.allSatisfy { $0 <= 256 }
            ? grid.codes.map { UInt8($0) }
            : grid.codes.flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            }
    }

    /// The number of positions, h · w.
    var positionCount: Int { height * width }
}
