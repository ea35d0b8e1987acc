import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// The steps of a sampler that finds the tokens of one window.
struct WindowSteps: SamplingSteps {
    private var steps: any IteratorProtocol<PosteriorStep>
    private let given: TokenGrid
    /// The part of the window that is sampled.
    private let focus: RecoveryWindow
    private var found: TokenGrid
    /// What the measurement itself suggests for the window, should there be no steps.
    private let suggested: TokenGrid

    /// How many pictures the steps so far decoded.
    private(set) var decodeCount = 0

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
        _ window: RecoveryWindow, number: Int, of grid: TokenGrid, solving problem: RecoveryProblem,
        with model: Model, options: RecoveryOptions
    ) {
        given = grid.window(window)
        found = given
        suggested = problem.guess.grid.window(window)
        // Replacement sampling decodes nothing that a smaller rectangle would make cheaper.
        focus = options.method.asksMeasurement ? given.focus : given.whole
        let tokenModel = model.tokenModel(
            cacheInterval: options.cacheInterval ?? options.method.defaults.cacheInterval)
        let sampled = window.part(focus)
        let rectangle = sampled.rectangle(
            side: model.tokenizer.pixelsPerToken, height: problem.height, width: problem.width)
        let input = MethodInput(
            filling: given.window(focus),
            using: TokenModel(
                predictor: SurroundedPredictor(tokenModel.predictor, around: given, window: focus),
                codeSpace: tokenModel.codeSpace, decoder: tokenModel.decoder),
            given: problem.measurement(of: rectangle),
            initialEstimate: InitialGuess(
                grid: problem.guess.grid.window(sampled),
                trust: problem.guess.trust.window(sampled, of: grid)),
            options: options,
            random: RandomSource(
                seed: options.seed, key: options.key &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
        steps = options.method.steps(input).makeIterator()
    }

    mutating func next() -> SamplingProgress<TokenGrid>? {
        guard let step = steps.next() else { return nil }
        decodeCount += step.decodeCount
        found.keep(step.grid, of: focus)
        return SamplingProgress(step: step.number, of: step.stepCount) { [given, focus] in
            given.replacing(focus, by: step.estimate)
        }
    }

    /// The tokens of the window, none masked.
    func result() -> TokenGrid { found.filled(with: suggested.codes) }
}

extension TokenGrid {
    /// All of a grid as a window.
    fileprivate var whole: RecoveryWindow {
        RecoveryWindow(
            rows: 0 ..< height, columns: 0 ..< width, keptRows: 0 ..< height,
            keptColumns: 0 ..< width)
    }

    /// The masked positions and what lies around them: what a measurement's gradient has to decode.
    ///
    /// A decoder sees farther than the margin, but little of it.
    fileprivate var focus: RecoveryWindow {
        let open = isGiven.enumerated().filter { !$0.element }.map(\.offset)
        func around(_ places: [Int], within extent: Int) -> Range<Int> {
            guard let first = places.min(), let last = places.max() else { return 0 ..< extent }
            let margin = RecoveryWindow.focusMargin
            return max(first - margin, 0) ..< min(last + margin + 1, extent)
        }
        let rows = around(open.map { $0 / width }, within: height)
        let columns = around(open.map { $0 % width }, within: width)
        return RecoveryWindow(
            rows: rows, columns: columns, keptRows: rows, keptColumns: columns)
    }
}
