public import TesseraTensor

/// A pair of networks and a quantizer that turn pixels into tokens and tokens back into pixels.
///
/// Pixels are `[1, H, W, 3]` in [-1, 1], of any height and width of at least 1: an implementation
/// pads to whole positions and works in tiles where its ``tiling`` allows. Encoding and decoding read
/// and write a picture piece by piece, so that a large one never exists as numbers as a whole.
public protocol VisualTokenizer: Sendable {
    /// The quantizer: codes as points of the latent space.
    var codeSpace: any CodeSpace { get }

    /// The decoder from latents to the pixels of a result, without tiles.
    var pixelDecoder: any LatentDecoder { get }

    /// The decoder from latents to nearly the same pixels, without tiles, for gradients that guide
    /// sampling.
    var guidanceDecoder: any LatentDecoder { get }

    /// Whether the tokenizer may work on an image part by part.
    var tiling: Tiling { get }

    /// Encodes a picture that is read piece by piece.
    ///
    /// - Parameters:
    ///   - height: The height of the picture in pixels, at least 1.
    ///   - width: The width of the picture in pixels, at least 1.
    ///   - pixels: Reads a rectangle inside the picture: shape `[1, height, width, 3]` of the
    ///     rectangle, values in [-1, 1]. Rectangles overlap. An error that it throws ends the work.
    /// - Returns: A grid of ⌈H / pixelsPerToken⌉ rows and ⌈W / pixelsPerToken⌉ columns, none masked.
    /// - Throws: What `pixels` throws.
    func encode<Failure: Error>(
        height: Int, width: Int,
        reading pixels: (PixelRectangle) throws(Failure) -> Tensor<Float>
    ) throws(Failure) -> TokenGrid

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
    func decode<Failure: Error>(
        _ grid: TokenGrid, height: Int, width: Int,
        writing write: (PixelRectangle, Tensor<Float>) throws(Failure) -> Void
    ) throws(Failure)
}

extension VisualTokenizer {
    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int { pixelDecoder.pixelsPerToken }

    /// Encodes an image.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1].
    /// - Returns: A grid of ⌈H / pixelsPerToken⌉ rows and ⌈W / pixelsPerToken⌉ columns, none masked.
    public func encode(_ pixels: Tensor<Float>) -> TokenGrid {
        precondition(
            pixels.shape.count == 4 && pixels.shape[0] == 1 && pixels.shape[3] == 3,
            "A tokenizer reads pixels of shape [1, H, W, 3], but got \(pixels.shape)")
        return encode(height: pixels.shape[1], width: pixels.shape[2]) { pixels.pixels(in: $0) }
    }

    /// Decodes a grid.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - height: The height of the picture in pixels; rows past it were padding.
    ///   - width: The width of the picture in pixels.
    /// - Returns: Shape `[1, height, width, 3]`, values clamped to [-1, 1].
    public func decode(_ grid: TokenGrid, height: Int, width: Int) -> Tensor<Float> {
        var picture = Tensor<Float>(shape: [1, height, width, 3], repeating: 0)
        decode(grid, height: height, width: width) { picture.replacePixels(in: $0, with: $1) }
        return picture
    }
}
