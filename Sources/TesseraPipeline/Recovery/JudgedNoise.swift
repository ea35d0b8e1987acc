public import TesseraInverse

/// What a picture told about its noise.
public struct JudgedNoise: Hashable, Sendable {
    /// How it depends on the brightness, if it was found to.
    public var byBrightness: NoiseByBrightness?

    /// The part of the pixels that impulses, salt and pepper, have replaced.
    public var impulseShare = 0.0

    /// The standard deviation of grain, or of fine texture, at half the size, in units of [-1, 1].
    ///
    /// `nil` if there is no more of it than white noise leaves there. It is not removed.
    public var grain: Double?
}
