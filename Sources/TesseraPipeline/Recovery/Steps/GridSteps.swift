import TesseraPosterior
import TesseraTokens

/// The steps in which the tokens of a picture are found, window by window.
///
/// Each window takes the tokens that its predecessors found as given, so that the windows agree where
/// they meet; windows without a masked token are passed over.
struct GridSteps: SamplingSteps {
    private let problem: RecoveryProblem
    private let model: Model
    private let options: RecoveryOptions
    private let windows: [RecoveryWindow]
    private var number = 0
    private var window: WindowSteps?
    private var grid: TokenGrid
    private var doneDecodeCount = 0

    /// Plans the windows.
    ///
    /// - Parameters:
    ///   - problem: What is known of the picture.
    ///   - model: The model, with its prior.
    ///   - options: How to sample.
    init(solving problem: RecoveryProblem, with model: Model, options: RecoveryOptions) {
        self.problem = problem
        self.model = model
        self.options = options
        grid = problem.start
        windows = RecoveryWindow.covering(
            height: grid.height, width: grid.width, where: grid.isGiven.map { !$0 })
    }

    /// How many pictures, or windows of large ones, the steps so far decoded.
    var decodeCount: Int { doneDecodeCount + (window?.decodeCount ?? 0) }

    mutating func next() -> SamplingProgress<TokenGrid>? {
        while number < windows.count {
            if window == nil {
                window = WindowSteps(
                    windows[number], number: number, of: grid, solving: problem, with: model,
                    options: options)
            }
            if let progress = window?.next() { return counted(progress) }
            endWindow()
        }
        return nil
    }

    /// The tokens of the picture, none masked.
    func result() -> TokenGrid { grid }

    private mutating func endWindow() {
        guard let ended = window else { return }
        doneDecodeCount += ended.decodeCount
        grid.keep(ended.result(), of: windows[number])
        window = nil
        number += 1
    }

    /// The progress of the whole picture; what is not found yet is as the measurement suggests it.
    ///
    /// Windows with few masked slots have fewer steps; they count as much as others.
    private func counted(_ progress: SamplingProgress<TokenGrid>) -> SamplingProgress<TokenGrid> {
        let step = progress.step * options.stepCount / progress.stepCount
        let (window, suggested) = (windows[number], problem.guess.grid.codes)
        return progress.map { [grid] in grid.replacing(window, by: $0).filled(with: suggested) }
            .counted(
                step: number * options.stepCount + step, of: windows.count * options.stepCount)
    }
}
