/// Whether a network may work on an image part by part.
public enum Tiling: Hashable, Sendable {
    /// Values depend on so many positions around them, so tiles with such a halo change nothing.
    ///
    /// That is the receptive field of convolutions. What the network sees of the image's border it sees in
    /// the untiled image too, and what it sees of a tile's border lies in the halo.
    case exact(halo: Int)

    /// Values depend on all positions, but on few beyond a halo that matter: tiles leave a faint trace.
    ///
    /// Norms over groups of channels take their statistics from the whole tile.
    case overlapping(halo: Int)

    /// Values depend on all positions: the image has to be worked on at once.
    case whole

    /// Covers a grid of positions with tiles.
    ///
    /// - Parameters:
    ///   - area: The positions.
    ///   - side: The largest number of rows and of columns of a tile with its halo; at least one more than
    ///     two halos.
    /// - Returns: The tiles, row by row from the top; of ``whole``, one of any size.
    public func tiles(of area: PositionRectangle, side: Int) -> [Window] {
        switch self {
        case .exact(let halo), .overlapping(let halo): area.windows(ofSide: side, margin: halo)
        case .whole: [Window(area: area, kept: area)]
        }
    }
}
