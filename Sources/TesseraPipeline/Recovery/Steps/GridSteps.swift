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
    private let windows: [Window]
    private var number = 0
    private var window: WindowSteps?
    private var grid: TokenGrid
    private var doneDecodeCount = 0

    /// The largest side of a window in positions: about what a gradient step can hold and afford.
    static let windowSide = 40

    /// How far a window looks beyond what is kept of it.
    static let margin = 4

    /// Covers a grid with windows, to be sampled in this order, where tokens are to be found.
    ///
    /// - Parameters:
    ///   - area: The grid.
    ///   - isOpen: Whether each position is to be found.
    /// - Returns: The windows that keep a position that is to be found.
    static func windows(of area: PositionRectangle, where isOpen: [Bool]) -> [Window] {
        area.windows(ofSide: windowSide, margin: margin).filter {
            isOpen.window($0.kept, ofWidth: area.width).contains(true)
        }
    }

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
        windows = Self.windows(of: grid.area, where: grid.isGiven.map { !$0 })
    }

    /// The number of steps in all.
    var stepCount: Int { windows.count * options.stepCount }

    /// How many pictures, or windows of large ones, the steps so far decoded.
    var decodeCount: Int { doneDecodeCount + (window?.decodeCount ?? 0) }

    mutating func next() -> SamplingProgress<TokenGrid>? {
        while number < windows.count {
            if window == nil {
                window = WindowSteps(
                    windows[number].area, number: number, of: grid, solving: problem, with: model,
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
        let current = windows[number]
        grid.replace(current.kept, with: ended.result().window(current.keptInside))
        window = nil
        number += 1
    }

    /// The progress of the whole picture; what is not found yet is as the measurement suggests it.
    ///
    /// Windows with few masked slots have fewer steps; they count as much as others.
    private func counted(_ progress: SamplingProgress<TokenGrid>) -> SamplingProgress<TokenGrid> {
        let step = progress.step * options.stepCount / progress.stepCount
        let (window, suggested) = (windows[number], problem.initialEstimate.grid.codes)
        return progress.map { [grid] found in
            var whole = grid
            whole.replace(window.kept, with: found.window(window.keptInside))
            return whole.filled(with: suggested)
        }.counted(step: number * options.stepCount + step, of: stepCount)
    }
}
