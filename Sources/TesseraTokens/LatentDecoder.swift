public import TesseraTensor

/// A network that turns a latent into pixels and can say how a loss of those pixels changes.
public protocol LatentDecoder: Sendable {
    /// The side of the square of pixels that one position stands for, such as 8.
    var pixelsPerToken: Int { get }

    /// Decodes latents into pixels.
    ///
    /// - Parameter latent: Shape `[N, h, w, C]`.
    /// - Returns: Shape `[N, h * pixelsPerToken, w * pixelsPerToken, 3]`, values near [-1, 1].
    func decode(_ latent: Tensor<Float>) -> Tensor<Float>

    /// Decodes latents and keeps what the gradient needs.
    ///
    /// - Parameter latent: Shape `[N, h, w, C]`.
    /// - Returns: The pixels, as ``decode(_:)`` gives them, and a function from the gradient of a
    ///   loss with respect to the pixels to that with respect to the latent.
    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>)
}
