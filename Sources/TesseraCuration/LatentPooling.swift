import TesseraTensor
public import TesseraTokens

/// Means of what codes stand for over the cells of a coarse grid that covers a picture of any size.
///
/// A cell's mean counts each position by the part of it that lies in the cell, so that pictures of
/// other sizes have comparable means.
public struct LatentPooling: Sendable {
    private let codeSpace: any CodeSpace

    /// Prepares pooling.
    ///
    /// - Parameter codeSpace: Where the codes of grids stand.
    public init(_ codeSpace: any CodeSpace) {
        self.codeSpace = codeSpace
    }

    /// The number of channels of each cell, C.
    public var channels: Int { codeSpace.latentChannels }

    /// The latent that a grid stands for.
    ///
    /// - Parameter grid: A grid with no masked slot.
    /// - Returns: Shape `[h · w · C]`.
    func latent(of grid: TokenGrid) -> [Float] { codeSpace.embed(grid.codes).elements }

    /// The means over cells.
    ///
    /// - Parameters:
    ///   - latent: What ``latent(of:)`` gave.
    ///   - grid: The grid that it was made from.
    ///   - rows: The number of rows of cells.
    ///   - columns: The number of columns of cells.
    /// - Returns: Shape `[rows, columns, C]`.
    func means(_ latent: [Float], of grid: TokenGrid, rows: Int, columns: Int) -> [Float] {
        let (height, width, channels) = (grid.height, grid.width, self.channels)
        let narrow = pooled(latent, outer: height, length: width, inner: channels, into: columns)
        return pooled(narrow, outer: 1, length: height, inner: columns * channels, into: rows)
    }

    /// Averages along the middle one of three dimensions.
    ///
    /// - Returns: Shape `[outer, cells, inner]`.
    private func pooled(
        _ values: [Float], outer: Int, length: Int, inner: Int, into cells: Int
    ) -> [Float] {
        var means = [Float](repeating: 0, count: outer * cells * inner)
        means.withUnsafeMutableBufferPointer { means in
            values.withUnsafeBufferPointer { values in
                for cell in 0 ..< cells {
                    // In units of 1 / cells of a position, borders of cells are whole numbers.
                    let (start, end) = (cell * length, (cell + 1) * length)
                    for place in start / cells ... (end - 1) / cells {
                        let overlap = min(end, (place + 1) * cells) - max(start, place * cells)
                        let weight = Float(overlap) / Float(length)
                        for block in 0 ..< outer {
                            let target = (block * cells + cell) * inner
                            let source = (block * length + place) * inner
                            for i in 0 ..< inner {
                                means[target + i] += weight * values[source + i]
                            }
                        }
                    }
                }
            }
        }
        return means
    }
}
