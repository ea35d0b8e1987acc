public import TesseraInverse
public import TesseraTensor

/// A denoiser, and networks of its kind that were each trained for something else.
public struct PixelNetworks: PixelDenoiser {
    private let denoiser: any PixelDenoiser
    private let deblocker: (any PixelDenoiser)?
    private let upscaler: (any PixelDenoiser)?

    /// Gives restored images the texture of photographs.
    public let sharpener: (any PixelDenoiser)?

    /// Puts networks together.
    ///
    /// - Parameters:
    ///   - denoiser: Removes white noise.
    ///   - deblocker: Removes what JPEGs leave, told ``TrainedDegradation/level`` in place of a deviation.
    ///   - upscaler: Sharpens what was reduced and enlarged again, told the same.
    ///   - sharpener: Gives restored images the texture of photographs, told 0.
    public init(
        denoiser: any PixelDenoiser, deblocker: (any PixelDenoiser)? = nil,
        upscaler: (any PixelDenoiser)? = nil, sharpener: (any PixelDenoiser)? = nil
    ) {
        self.denoiser = denoiser
        self.deblocker = deblocker
        self.upscaler = upscaler
        self.sharpener = sharpener
    }

    /// Removes noise.
    public func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
        denoiser.denoised(pixels, deviations: deviations)
    }

    /// The network that was trained for a degradation, if there is one.
    public func network(
        trainedFor degradation: TrainedDegradation
    ) -> (any PixelDenoiser)? {
        switch degradation {
        case .compression: deblocker
        case .reduction: upscaler
        }
    }
}
