import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// The steps of a sampler that finds the tokens of one window.
struct WindowSteps: SamplingSteps {
    private var steps: any IteratorProtocol<PosteriorStep>
    private let given: TokenGrid
    /// The part of the window that is sampled, counted from its corner.
    private let focus: PositionRectangle
    private var found: TokenGrid
    /// What the measurement itself suggests for the window, should there be no steps.
    private let suggested: TokenGrid

    /// How many pictures the steps so far decoded.
    private(set) var decodeCount = 0

    /// How far decoding for a gradient looks beyond the masked positions of a window.
    ///
    /// A decoder sees farther than that, but little of it.
    static let focusMargin = 4

    /// Begins a window.
    ///
    /// - Parameters:
    ///   - window: The window.
    ///   - number: Which of the windows it is; keys its random choices.
    ///   - grid: The tokens of the whole picture as they stand.
    ///   - problem: What is known of the picture.
    ///   - model: The model, with its prior.
    ///   - options: How to sample.
    init(
        _ window: PositionRectangle, number: Int, of grid: TokenGrid,
        solving problem: RecoveryProblem, with model: Model, options: RecoveryOptions
    ) {
        given = grid.window(window)
        found = given
        suggested = problem.initialEstimate.grid.window(window)
        // Replacement sampling decodes nothing that a smaller rectangle would make cheaper.
        focus = options.method.asksMeasurement ? given.focus : given.area
        let tokenModel = model.tokenModel(
            cacheInterval: options.cacheInterval ?? options.method.defaults.cacheInterval)
        let sampled = window.part(focus)
        let rectangle = sampled.pixels(
            side: model.tokenizer.pixelsPerToken, height: problem.height, width: problem.width)
        let input = MethodInput(
            filling: given.window(focus),
            using: TokenModel(
                predictor: SurroundedPredictor(tokenModel.predictor, around: given, window: focus),
                codeSpace: tokenModel.codeSpace, decoder: tokenModel.decoder),
            given: problem.measurement(of: rectangle),
            initialEstimate: problem.initialEstimate.window(sampled),
            options: options,
            random: RandomSource(
                seed: options.seed, key: options.key &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
        steps = options.method.steps(input).makeIterator()
    }

    mutating func next() -> SamplingProgress<TokenGrid>? {
        guard let step = steps.next() else { return nil }
        decodeCount += step.decodeCount
        found.replace(focus, with: step.grid)
        return SamplingProgress(step: step.number, of: step.stepCount) { [given, focus] in
            var estimate = given
            estimate.replace(focus, with: step.estimate)
            return estimate
        }
    }

    /// The tokens of the window, none masked.
    func result() -> TokenGrid { found.filled(with: suggested.codes) }
}

extension TokenGrid {
    /// The masked positions and what lies around them: what a measurement's gradient has to decode.
    fileprivate var focus: PositionRectangle {
        let open = PositionRectangle.bounding(isGiven.map { !$0 }, ofWidth: width)
        return open?.widened(by: WindowSteps.focusMargin, within: area) ?? area
    }
}
