import TesseraPosterior
import TesseraTensor
import TesseraTokens

extension MethodInput {
    /// States what is known of a window, and how it is sampled.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from; the masked ones are to be found.
    ///   - model: What is asked and decoded.
    ///   - measurement: What was measured, and how; made when a method asks for it.
    ///   - initialEstimate: The tokens of the initial estimate.
    ///   - options: How the method runs.
    ///   - random: The source of every random choice.
    init(
        filling grid: TokenGrid, using model: TokenModel,
        given measurement: @autoclosure @escaping () -> ImageMeasurement,
        initialEstimate: InitialEstimate, options: RecoveryOptions, random: RandomSource
    ) {
        self.init(
            filling: grid, using: model, given: measurement(), initialEstimate: initialEstimate,
            random: random)
        startsFromEstimate = options.startsFromEstimate
        condition = options.condition
        guidanceScale = options.guidanceScale
        stepCount = options.stepCount
        innerStepCount = options.innerStepCount
        settings = options.settings
    }
}
