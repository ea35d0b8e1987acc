import TesseraTensor
import TesseraTokens

/// A prior that sees a window inside of a larger grid.
struct SurroundedPredictor: TokenPredictor {
    private let predictor: any TokenPredictor
    private let surroundings: TokenGrid
    private let window: PositionRectangle

    /// Makes a predictor for grids of the window's size.
    ///
    /// - Parameters:
    ///   - predictor: The prior of the larger grid.
    ///   - surroundings: The larger grid; what it has inside of the window does not count.
    ///   - window: Where the smaller grids lie.
    init(
        _ predictor: any TokenPredictor, around surroundings: TokenGrid, window: PositionRectangle
    ) {
        self.predictor = predictor
        self.surroundings = surroundings
        self.window = window
    }

    var vocabulary: [Int] { predictor.vocabulary }

    var labels: [String] { predictor.labels }

    func accepts(_ condition: Condition) -> Bool { predictor.accepts(condition) }

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let slotCount = grid.slotCount
        let outer = indices.map { index in
            let (row, column) = (index / slotCount).quotientAndRemainder(dividingBy: grid.width)
            let position = (window.top + row) * surroundings.width + window.left + column
            return position * slotCount + index % slotCount
        }
        var whole = surroundings
        whole.replace(window, with: grid)
        let logits = predictor.logits(for: whole, at: outer, condition: condition)
        return Logits(at: indices, vocabulary: vocabulary, values: logits.values)
    }
}
