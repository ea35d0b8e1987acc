public import TesseraImage
public import TesseraInverse
import TesseraPosterior
public import TesseraTensor
import TesseraTokens

extension Model {
    /// The largest picture that can be recovered from a measurement whose parts cannot be told apart,
    /// in pixels a side: one window.
    public var maximumSideAtOnce: Int { GridSteps.windowSide * tokenizer.pixelsPerToken }

    /// Recovers a picture from a measurement by any operator.
    ///
    /// All tokens are sampled, starting from the initial estimate that the operator makes of the measurement;
    /// large pictures go window by window. The decoded picture is then made consistent with the
    /// measurement, as well as its noise allows.
    ///
    /// - Parameters:
    ///   - measurement: y, of the operator's measurement shape.
    ///   - forwardOperator: The operator.
    ///   - noise: The standard deviation of the measurement's noise, in units of [-1, 1]; 0 for none.
    ///   - image: A picture that says how the result is stored: colour, depth, format, alpha.
    ///   - options: How to sample.
    /// - Returns: The steps, and then the picture and how well it explains the measurement.
    /// - Precondition: An operator whose measurement has no parts has a picture of at most
    ///   ``maximumSideAtOnce`` pixels a side.
    public func recover(
        _ measurement: Tensor<Float>, measuredBy forwardOperator: any RecoverableOperator,
        noise: Double = 0, like image: Image, options: RecoveryOptions = RecoveryOptions()
    ) -> Recovery {
        Recovery {
            let grid = tokenizer.encode(
                forwardOperator.initialEstimate(from: measurement, noise: noise))
            let problem = RecoveryProblem(
                forwardOperator: forwardOperator, values: measurement, noise: noise,
                start: TokenGrid(
                    maskedHeight: grid.height, width: grid.width, vocabulary: grid.vocabulary),
                initialEstimate: InitialEstimate(
                    grid: grid,
                    weights: forwardOperator.initialEstimateWeights(
                        ofSquares: tokenizer.pixelsPerToken)))
            return MappedSteps(
                PictureSteps(solving: problem, with: self, options: options),
                preview: { Image(pixels: $0, like: image) },
                outcome: { $0.map { Image(pixels: $0, like: image) } })
        }
    }
}
