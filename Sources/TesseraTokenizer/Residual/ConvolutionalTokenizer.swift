public import TesseraTensor
public import TesseraTokens

/// A convolutional autoencoder with a quantizer between its two halves.
///
/// A picture of any size is continued by repeating its last row and column until it is whole
/// positions, and is encoded and decoded in tiles whose seams do not exist.
public struct ConvolutionalTokenizer: VisualTokenizer {
    /// The network that turns pixels into a latent.
    public let encoder: ConvolutionalEncoder

    /// The network that turns a latent into the pixels of a picture.
    public let convolutionalDecoder: ConvolutionalDecoder

    /// The network that guides sampling.
    public let guidanceDecoder: any LatentDecoder

    /// The quantizer: codes as points of the latent space.
    public let codeSpace: any CodeSpace

    /// The largest side of a tile with its halo, in positions.
    public let tileSide: Int

    /// Puts a tokenizer together.
    ///
    /// - Parameters:
    ///   - encoder: Turns pixels into a latent.
    ///   - decoder: Turns a latent into pixels.
    ///   - guidanceDecoder: Turns the same latent into nearly the same pixels, for guidance; the
    ///     decoder unless given.
    ///   - codeSpace: The quantizer, with as many latent channels as the networks.
    ///   - tileSide: The largest side of a tile with its halo, in positions; it must exceed twice
    ///     the networks' receptive field.
    public init(
        encoder: ConvolutionalEncoder, decoder: ConvolutionalDecoder,
        guidanceDecoder: ConvolutionalDecoder? = nil, codeSpace: any CodeSpace,
        tileSide: Int = TokenizerOptions.defaultTileSide
    ) {
        let guidanceDecoder = guidanceDecoder ?? decoder
        precondition(
            encoder.architecture == decoder.architecture
                && codeSpace.latentChannels == decoder.architecture.latentChannels
                && codeSpace.latentChannels == guidanceDecoder.architecture.latentChannels,
            "Encoder, decoder and quantizer must agree on the latent")
        self.encoder = encoder
        self.convolutionalDecoder = decoder
        self.guidanceDecoder = guidanceDecoder
        self.codeSpace = codeSpace
        self.tileSide = tileSide
    }

    /// The decoder from latents to the pixels of a picture, without tiles.
    public var pixelDecoder: any LatentDecoder { convolutionalDecoder }

    /// Tiles change nothing: a convolution sees only so far.
    public var tiling: Tiling {
        .exact(
            halo: max(
                encoder.architecture.encoderReceptiveField,
                convolutionalDecoder.architecture.decoderReceptiveField))
    }
}

extension ConvolutionalTokenizer {
    /// Encodes a picture that is read piece by piece.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels, at least 1.
    ///   - width: The width of the picture in pixels, at least 1.
    ///   - pixels: Reads a rectangle inside the picture: shape `[1, height, width, 3]` of the
    ///     rectangle, values in [-1, 1]. Rectangles overlap. An error that it throws ends the work.
    /// - Returns: A grid of ⌈H / pixelsPerToken⌉ rows and ⌈W / pixelsPerToken⌉ columns, none masked.
    /// - Throws: What `pixels` throws.
    public func encode<Failure: Error>(
        height: Int, width: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> TokenGrid {
        let slots = codeSpace.vocabulary.count
        let rows = positionCount(ofPixels: height)
        let columns = positionCount(ofPixels: width)
        var codes = [Int32](repeating: 0, count: rows * columns * slots)
        try encoder.forEachTile(
            height: height, width: width, tileSide: tileSide, reading: pixels
        ) { tile, latent in
            let quantized = codeSpace.quantize(latent)
            let run = tile.kept.width * slots
            for (index, row) in tile.kept.rows.enumerated() {
                let start = (row * columns + tile.kept.left) * slots
                codes.replaceSubrange(
                    start ..< start + run, with: quantized[index * run ..< (index + 1) * run])
            }
        }
        return TokenGrid(
            height: rows, width: columns, vocabulary: codeSpace.vocabulary, codes: codes)
    }

    /// Decodes a grid into a picture that is written piece by piece.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - height: The height of the picture in pixels; rows past it were padding.
    ///   - width: The width of the picture in pixels.
    ///   - write: Takes each rectangle once with its pixels: shape `[1, height, width, 3]` of the
    ///     rectangle, values clamped to [-1, 1]. Rectangles cover the picture and do not overlap;
    ///     they come row by row from the top. An error that it throws ends the work.
    /// - Throws: What `write` throws.
    public func decode<Failure: Error>(
        _ grid: TokenGrid, height: Int, width: Int,
        writing write: (PixelRectangle, Tensor<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let side = pixelsPerToken
        precondition(
            grid.height == positionCount(ofPixels: height)
                && grid.width == positionCount(ofPixels: width),
            "A picture of \(width) x \(height) pixels is not encoded as \(grid.width) x "
                + "\(grid.height) positions")
        let tiling = Tiling.exact(halo: convolutionalDecoder.architecture.decoderReceptiveField)
        for tile in tiling.tiles(of: grid.area, side: tileSide) {
            let part = grid.window(tile.area)
            let latent = codeSpace.embed(part.codes).reshaped(
                to: [1, part.height, part.width, codeSpace.latentChannels])
            let pixels = convolutionalDecoder.decode(latent)
            let rectangle = tile.kept.pixels(side: side, height: height, width: width)
            let computed = tile.area.pixels(side: side, height: height, width: width)
            var kept = pixels.pixels(in: rectangle.relative(to: computed))
            kept.clamp(to: -1 ... 1)
            try write(rectangle, kept)
        }
    }

    private func positionCount(ofPixels size: Int) -> Int {
        (size + pixelsPerToken - 1) / pixelsPerToken
    }
}
