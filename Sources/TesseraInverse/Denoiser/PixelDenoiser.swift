public import TesseraTensor

/// What tells an image from white noise of a known standard deviation.
///
/// Plug-and-play methods take a denoiser for all that is known of images: S. Venkatakrishnan, C. Bouman and
/// B. Wohlberg, "Plug-and-Play Priors for Model Based Reconstruction", GlobalSIP 2013.
public protocol PixelDenoiser: Sendable {
    /// Removes noise.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[1, H, W, 3]` of any H and W, values near [-1, 1].
    ///   - deviations: The standard deviation of each pixel's noise in the same units, shape `[1, H, W, 1]`.
    /// - Returns: The image without noise, of the same shape, not clamped.
    func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float>

    /// The network beside this one that was trained for another degradation.
    ///
    /// - Parameter degradation: What is to be undone.
    /// - Returns: A network that reads the plain estimate, and the degradation's level in place of deviations;
    ///   `nil` if there is none.
    func network(trainedFor degradation: TrainedDegradation) -> (any PixelDenoiser)?

    /// The network beside this one that gives restored images the texture of photographs, told a deviation of 0;
    /// `nil` if there is none.
    var sharpener: (any PixelDenoiser)? { get }
}

extension PixelDenoiser {
    /// Knows of none.
    public func network(trainedFor degradation: TrainedDegradation) -> (any PixelDenoiser)? { nil }

    /// Has none.
    public var sharpener: (any PixelDenoiser)? { nil }

    /// Removes noise that is everywhere the same.
    ///
    /// - Parameters:
    ///   - pixels: Shape `[1, H, W, 3]`, values near [-1, 1].
    ///   - deviation: The standard deviation of the noise in the same units.
    /// - Returns: The image without noise, of the same shape, not clamped.
    public func denoised(_ pixels: Tensor<Float>, deviation: Double) -> Tensor<Float> {
        denoised(
            pixels,
            deviations: Tensor(
                shape: [1, pixels.shape[1], pixels.shape[2], 1], repeating: Float(deviation)))
    }
}
