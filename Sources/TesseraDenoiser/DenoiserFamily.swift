public import TesseraCheckpoint
public import TesseraInverse
public import TesseraPacking
public import TesseraTensor

/// A family of denoisers: networks that tell images from noise and are described alike.
public protocol DenoiserFamily: ModelFamily {
    /// Loads a network.
    ///
    /// - Parameters:
    ///   - settings: What the family is told.
    ///   - weights: The weights of the part.
    ///   - precision: The format in which the layers multiply.
    /// - Returns: The denoiser.
    /// - Throws: ``CheckpointError`` if the weights do not fit the settings.
    static func load(
        _ settings: Settings, from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any PixelDenoiser
}
