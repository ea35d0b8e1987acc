public import TesseraTensor
public import TesseraTokens

/// What a method is given to sample from, and how it is to sample.
public struct MethodInput {
    /// The tokens to start from; codes that are not masked are kept.
    public var grid: TokenGrid

    /// The prior, the code space and the decoder.
    public var model: TokenModel

    /// The tokens of the initial estimate, and what each position weighs.
    public var initialEstimate: InitialEstimate

    /// Whether sampling starts from the initial estimate; `nil` for the method's own habit.
    public var startsFromEstimate: Bool?

    /// What the prior is told of the picture beside its tokens.
    public var condition = Condition.none

    /// The scale s of guidance by the condition; 1 is none.
    public var guidanceScale: Float = 1

    /// The number of steps, T: how often the prior is asked; at least 1.
    public var stepCount = 12

    /// The number of decodes within a step, M: gradient steps, candidates or proposals.
    public var innerStepCount = 3

    /// Settings of the method's own parameters, by their names.
    public var settings: [String: MethodSetting] = [:]

    /// The source of every random choice.
    public var random: RandomSource

    private let makeMeasurement: () -> ImageMeasurement

    /// States what is known.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from.
    ///   - model: The prior, the code space and the decoder.
    ///   - measurement: What was measured, and how; made when a method asks for it.
    ///   - initialEstimate: The tokens of the initial estimate.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using model: TokenModel,
        given measurement: @autoclosure @escaping () -> ImageMeasurement,
        initialEstimate: InitialEstimate, random: RandomSource
    ) {
        self.grid = grid
        self.model = model
        makeMeasurement = measurement
        self.initialEstimate = initialEstimate
        self.random = random
    }

    /// What was measured, and how.
    public var measurement: ImageMeasurement { makeMeasurement() }

    /// The initial estimate if sampling starts from it, else `nil`.
    public var start: InitialEstimate? { startsFromEstimate ?? true ? initialEstimate : nil }
}
