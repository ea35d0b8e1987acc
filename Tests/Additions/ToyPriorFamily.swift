public import TesseraCheckpoint
public import TesseraJSON
public import TesseraPacking
public import TesseraTensor
public import TesseraTokens

/// Priors that say the same of every position, whatever stands around it.
public enum ToyPriorFamily: PriorFamily {
    /// What `model.json` says of such a prior: nothing.
    public struct Settings: Hashable, Sendable {}

    /// The name of the family in `model.json`.
    public static let kind = "toy-prior"

    /// Reads settings, of which there are none.
    public static func settings(_ object: inout StrictObject) throws(ObjectFault) -> Settings {
        Settings()
    }

    /// The names of the classes, of which there are none.
    public static func labels(of settings: Settings) -> [String] { [] }

    /// Loads the logits of a position.
    public static func load(
        _ settings: Settings, vocabulary: [Int], from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any TokenPredictor {
        ConstantPredictor(
            vocabulary: vocabulary,
            logits: try weights.tensor("logits", shape: [vocabulary.reduce(0, +)]).elements)
    }

    /// Keeps the logits: they are the only tensor.
    public static func packing(
        of tensor: TensorDescription, _ settings: Settings
    ) -> PackingAdvice {
        .keep
    }
}

/// A predictor that reads its answer from a file.
struct ConstantPredictor: TokenPredictor {
    let vocabulary: [Int]
    var labels: [String] { [] }

    /// The logits of a position, slot by slot.
    let logits: [Float]

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        var values: [Float] = []
        for index in indices {
            let slot = index % vocabulary.count
            let start = vocabulary.prefix(slot).reduce(0, +)
            values += logits[start ..< start + vocabulary[slot]]
        }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [values.count], elements: values))
    }
}
