public import TesseraTensor
public import TesseraTokens

/// A VQGAN: a convolutional autoencoder with group norms, attention and one codebook.
///
/// Normalizations and attention see all of a picture, so it is encoded and decoded as a whole, and a
/// large one needs memory in proportion.
public struct TamingTokenizer: VisualTokenizer {
    /// The network that turns pixels into a latent.
    public let encoder: TamingEncoder

    /// The network that turns a latent into pixels.
    public let network: TamingDecoder

    /// The quantizer: codes as points of the latent space.
    public let codeSpace: any CodeSpace

    /// The decoder from latents to the pixels of a picture.
    public var pixelDecoder: any LatentDecoder { network }

    /// The same decoder: there is no draft of it.
    public var guidanceDecoder: any LatentDecoder { network }

    /// Norms and attention see all of a picture.
    public var tiling: Tiling { .whole }

    /// Encodes a picture, continued by repeating its last row and column to whole positions.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels, at least 1.
    ///   - width: The width of the picture in pixels, at least 1.
    ///   - pixels: Reads a rectangle inside the picture, `[1, height, width, 3]` of it: here all of it.
    /// - Returns: A grid of ⌈H / pixelsPerToken⌉ rows and ⌈W / pixelsPerToken⌉ columns, none masked.
    /// - Throws: What `pixels` throws.
    public func encode<Failure: Error>(
        height: Int, width: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> TokenGrid {
        let side = pixelsPerToken
        let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
        let whole = try pixels(PixelRectangle(height: height, width: width))
        let latent = encoder.encode(
            whole.repeatingEdges(toHeight: rows * side, width: columns * side))
        return TokenGrid(
            height: rows, width: columns, vocabulary: codeSpace.vocabulary,
            codes: codeSpace.quantize(
                latent.reshaped(to: [rows * columns, codeSpace.latentChannels])))
    }

    /// Decodes a grid into a picture that is written in one piece.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - height: The height of the picture in pixels; rows past it were padding.
    ///   - width: The width of the picture in pixels.
    ///   - write: Takes the picture: shape `[1, height, width, 3]`, values clamped to [-1, 1].
    /// - Throws: What `write` throws.
    public func decode<Failure: Error>(
        _ grid: TokenGrid, height: Int, width: Int,
        writing write: (PixelRectangle, Tensor<Float>) throws(Failure) -> Void
    ) throws(Failure) {
        let latent = codeSpace.embed(grid.codes).reshaped(
            to: [1, grid.height, grid.width, codeSpace.latentChannels])
        let whole = PixelRectangle(height: height, width: width)
        var pixels = network.decode(latent).pixels(in: whole)
        pixels.clamp(to: -1 ... 1)
        try write(whole, pixels)
    }
}
