public import TesseraTensor

/// A model that gives a score to every code of every masked slot of a grid.
///
/// Samplers ask a model for nothing else. A transformer conforms, and so does a table in a test.
public protocol TokenPredictor: Sendable {
    /// The number of codes of each slot of the grids that this model reads.
    var vocabulary: [Int] { get }

    /// The names of the classes that the model was trained with; empty if it has none.
    var labels: [String] { get }

    /// Scores the codes of masked slots.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far, of any height and width. Codes that are not masked are context.
    ///   - indices: The flat indices to score, `position * slotCount + slot`, rising; each masked.
    ///   - label: The index of a class in ``labels``, or `nil` for none.
    /// - Returns: For each of `indices`, unnormalized log-probabilities of its slot's codes, one
    ///   after the other. Shape `[Σ vocabulary[slot of index]]`; with equal vocabularies this is
    ///   `[indices.count, vocabulary[0]]` in row-major order.
    func logits(for grid: TokenGrid, at indices: [Int], label: Int?) -> Tensor<Float>

    /// The same model with a memory of what it was asked before, for one sampling.
    ///
    /// - Parameter refreshInterval: Everything is computed anew at every so many questions, at least
    ///   1; in between only what is asked about or has changed.
    /// - Returns: A predictor whose answers depend on the questions before; a model that remembers
    ///   nothing is itself.
    func remembering(refreshInterval: Int) -> any TokenPredictor
}

extension TokenPredictor {
    /// The model itself.
    public func remembering(refreshInterval: Int) -> any TokenPredictor { self }
}
