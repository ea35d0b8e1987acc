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
            latent.replacePixels(
                in: tile.kept,
                with: part.reshaped(to: [1, tile.kept.height, tile.kept.width, part.shape[1]]))
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
        _ body: (Window, Tensor<Float>) -> Void
    ) throws(Failure) {
        precondition(
            height > 0 && width > 0, "A picture of \(width) x \(height) pixels has no positions")
        let side = architecture.pixelsPerToken
        let positions = PositionRectangle(
            height: (height + side - 1) / side, width: (width + side - 1) / side)
        let tiling = Tiling.exact(halo: architecture.encoderReceptiveField)
        for tile in tiling.tiles(of: positions, side: tileSide) {
            let inside = tile.area.pixels(side: side, height: height, width: width)
            let padded = try pixels(inside).repeatingEdges(
                toHeight: tile.area.height * side, width: tile.area.width * side)
            let kept = encode(padded).pixels(in: tile.keptInside)
            body(tile, kept.reshaped(to: [tile.kept.height * tile.kept.width, kept.shape[3]]))
        }
    }
}
