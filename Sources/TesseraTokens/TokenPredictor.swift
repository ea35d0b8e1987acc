/// A model that gives a score to every code of every masked slot of a grid.
///
/// Samplers ask a model for nothing else. A transformer conforms, and so does a table in a test.
public protocol TokenPredictor: Sendable {
    /// The number of codes of each slot of the grids that this model reads.
    var vocabulary: [Int] { get }

    /// The names of the classes that the model was trained with; empty if it has none.
    var labels: [String] { get }

    /// Whether the model was trained with a condition.
    ///
    /// - Parameter condition: What it would be told.
    /// - Returns: Whether ``logits(for:at:condition:)`` takes it.
    func accepts(_ condition: Condition) -> Bool

    /// Scores the codes of masked slots.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far, of any height and width. Codes that are not masked are context.
    ///   - indices: The flat indices to score, `position * slotCount + slot`, rising; each masked.
    ///   - condition: What the model is told of the picture; one that it ``accepts(_:)``.
    /// - Returns: Unnormalized log-probabilities of the codes of each of `indices`.
    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits

    /// The same model with a key-value cache, for one sampling.
    ///
    /// - Parameter interval: Everything is computed anew at every so many questions, at least 1; in
    ///   between only what is asked about or has changed.
    /// - Returns: A predictor whose answers depend on the questions before; a model without a cache
    ///   is itself.
    func cached(interval: Int) -> any TokenPredictor
}

extension TokenPredictor {
    /// Whether the condition is none, or one of the model's labels.
    public func accepts(_ condition: Condition) -> Bool {
        switch condition {
        case .none: true
        case .label(let index): labels.indices.contains(index)
        case .text: false
        }
    }

    /// The model itself.
    public func cached(interval: Int) -> any TokenPredictor { self }
}
