public import TesseraPerception
public import TesseraPipeline
public import TesseraTensor
public import TesseraTokenizer

/// How an experiment runs, beside what its recipe asks.
public struct ExperimentSettings: Sendable {
    /// The format in which prior and gradients multiply.
    public var precision = Precision.float32

    /// Whether gradients go through the draft decoders.
    public var isGuidedByDraft = false

    /// What the decoders of pictures were trained for, if certain ones are asked for.
    public var decodingObjective: DecodingObjective?

    /// What images are like pixel by pixel, for the methods that ask it; `nil` for none.
    public var denoiser: LoadedDenoiser?

    /// What tells how differently pictures look, or `nil`.
    public var perception: PerceptualDistance?

    /// Whether measurements are stored for other programs.
    public var storesMeasurements = false

    /// Makes the settings that apply unless others are given.
    public init() {}
}
