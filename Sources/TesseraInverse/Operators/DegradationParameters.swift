/// The numbers of a degradation; each reads those that it accepts.
public struct DegradationParameters: Hashable, Sendable {
    /// What is added to measurements by chance.
    public var noise = MeasurementNoise.none

    /// The kernel of a blur; papers have a Gaussian of 61 × 61 pixels with a deviation of 3.
    public var kernel = BlurKernel.gaussian(side: 61, deviation: 3)

    /// The quality of a JPEG, 1 to 100.
    public var quality = 20

    /// How a JPEG file was stored, which then counts in place of the quality.
    public var file: StoredJPEG?

    /// The side of the square that is missing, in pixels.
    public var boxSide = 64

    /// Where that square lies.
    public var boxPlace = BoxPlace.middle

    /// The part of the pixels that is missing where they are missing anywhere, in [0, 1].
    public var missing = 0.7

    /// Makes the usual parameters.
    public init() {}
}

/// How a JPEG file was stored.
public struct StoredJPEG: Hashable, Sendable {
    /// The steps of the coefficients.
    public var tables: JPEGTables

    /// How many colour differences are kept.
    public var subsampling: JPEGCompression.Subsampling

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - tables: The steps of the coefficients.
    ///   - subsampling: How many colour differences are kept.
    public init(tables: JPEGTables, subsampling: JPEGCompression.Subsampling) {
        self.tables = tables
        self.subsampling = subsampling
    }
}

/// The name of a parameter, for a degradation to say which it reads.
public enum DegradationParameter: Hashable, Sendable, CaseIterable {
    /// ``DegradationParameters/noise``, which all read.
    case noise

    /// ``DegradationParameters/kernel``.
    case kernel

    /// ``DegradationParameters/quality``.
    case quality

    /// ``DegradationParameters/boxSide``.
    case boxSide

    /// ``DegradationParameters/boxPlace``.
    case boxPlace

    /// ``DegradationParameters/missing``.
    case missing
}

/// Where the missing square of a picture lies; the raw value is its word in commands and recipes.
public enum BoxPlace: String, Hashable, Sendable, CaseIterable {
    /// In the middle.
    case middle

    /// Anywhere by chance, at least 16 pixels from the border along an axis that has the room, and
    /// wholly inside of the picture.
    case random
}

/// When the noise of a degraded picture is judged by the picture itself.
public enum NoiseJudgement: Hashable, Sendable {
    /// Never: what it shows was rounded after the noise came, or is to be kept as it is.
    case never

    /// Where all channels share it; texture that is taken for noise would be lost.
    case whereAllChannelsShareIt

    /// Always: noise is what is to be undone, or would be amplified.
    case always
}
