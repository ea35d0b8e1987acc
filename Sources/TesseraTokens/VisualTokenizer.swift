public import TesseraTensor

/// A pair of networks and a quantizer that turn pixels into tokens and tokens back into pixels.
///
/// Pixels are `[1, H, W, 3]` in [-1, 1], of any height and width of at least 1: an implementation
/// pads to whole positions and works in tiles whose seams do not show.
public protocol VisualTokenizer: Sendable {
    /// The quantizer, as codes and points of the latent space.
    associatedtype Space: CodeSpace

    /// The decoder of latents, without tiles, for guidance.
    associatedtype Decoder: LatentDecoder

    /// The codes as points of the latent space.
    var codeSpace: Space { get }

    /// The decoder from latents to pixels.
    var decoder: Decoder { get }

    /// Encodes an image.
    ///
    /// - Parameter pixels: Shape `[1, H, W, 3]`, values in [-1, 1].
    /// - Returns: A grid of ⌈H / pixelsPerToken⌉ rows and ⌈W / pixelsPerToken⌉ columns, none masked.
    func encode(_ pixels: Tensor<Float>) -> TokenGrid

    /// Decodes a grid.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - height: The height of the picture in pixels; rows past it were padding.
    ///   - width: The width of the picture in pixels.
    /// - Returns: Shape `[1, height, width, 3]`, values clamped to [-1, 1].
    func decode(_ grid: TokenGrid, height: Int, width: Int) -> Tensor<Float>
}

extension VisualTokenizer {
    /// The side of the square of pixels that one position stands for.
    public var pixelsPerToken: Int { decoder.pixelsPerToken }
}
