public import TesseraTensor
public import TesseraTokens

extension ConvolutionalEncoder {
    /// Encodes a picture of any size that is read piece by piece.
    ///
    /// The picture is continued by repeating its last row and column until it is whole positions.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels, at least 1.
    ///   - width: The width of the picture in pixels, at least 1.
    ///   - tileSide: The largest side of a tile with its halo, in positions.
    ///   - pixels: Reads a rectangle inside the picture: shape `[1, height, width, 3]` of the
    ///     rectangle, values in [-1, 1]. Rectangles overlap. An error that it throws ends the work.
    /// - Returns: Shape `[1, ⌈H / pixelsPerToken⌉, ⌈W / pixelsPerToken⌉, latentChannels]`.
    /// - Throws: What `pixels` throws.
    public func latent<Failure: Error>(
        height: Int, width: Int, tileSide: Int = TokenizerOptions.defaultTileSide,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> Tensor<Float> {
        let side = architecture.pixelsPerToken
        var latent = Tensor<Float>(
            shape: [
                1, (height + side - 1) / side, (width + side - 1) / side,
                architecture.latentChannels,
            ], repeating: 0)
        try forEachTile(
            height: height, width: width, tileSide: tileSide, reading: pixels
        ) { tile, part in
            let place = PixelRectangle(
                top: tile.rows.lowerBound, left: tile.columns.lowerBound,
                height: tile.rows.count, width: tile.columns.count)
            latent.replacePixels(
                in: place,
                with: part.reshaped(to: [1, place.height, place.width, part.shape[1]]))
        }
        return latent
    }

    /// Encodes a picture tile by tile.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels, at least 1.
    ///   - width: The width of the picture in pixels, at least 1.
    ///   - tileSide: The largest side of a tile with its halo, in positions.
    ///   - pixels: Reads a rectangle inside the picture, shape `[1, height, width, 3]` of it.
    ///   - body: Takes each tile and the latent of the positions that it keeps, shape
    ///     `[positions, latentChannels]`.
    /// - Throws: What `pixels` throws.
    func forEachTile<Failure: Error>(
        height: Int, width: Int, tileSide: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>,
        _ body: (TilePlan.Tile, Tensor<Float>) -> Void
    ) throws(Failure) {
        precondition(
            height > 0 && width > 0, "A picture of \(width) x \(height) pixels has no positions")
        let side = architecture.pixelsPerToken
        let plan = TilePlan(
            height: (height + side - 1) / side, width: (width + side - 1) / side, side: tileSide,
            halo: architecture.encoderReach)
        for tile in plan.tiles {
            let top = tile.haloRows.lowerBound * side
            let left = tile.haloColumns.lowerBound * side
            let inside = PixelRectangle(
                top: top, left: left, height: min(tile.haloRows.upperBound * side, height) - top,
                width: min(tile.haloColumns.upperBound * side, width) - left)
            let padded = try pixels(inside).repeatingEdges(
                toHeight: tile.haloRows.count * side, width: tile.haloColumns.count * side)
            let latent = encode(padded)
            let kept = latent.pixels(
                in: PixelRectangle(
                    top: tile.rows.lowerBound - tile.haloRows.lowerBound,
                    left: tile.columns.lowerBound - tile.haloColumns.lowerBound,
                    height: tile.rows.count, width: tile.columns.count))
            body(
                tile,
                kept.reshaped(to: [tile.rows.count * tile.columns.count, kept.shape[3]]))
        }
    }
}
