public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor
public import TesseraTokens

/// A family of priors: networks that score masked tokens and are described alike.
public protocol PriorFamily: ModelFamily {
    /// The names of the classes that a network knows; empty if it knows none.
    ///
    /// - Parameter settings: What the family is told.
    /// - Returns: The names.
    static func labels(of settings: Settings) -> [String]

    /// Loads a network.
    ///
    /// - Parameters:
    ///   - settings: What the family is told.
    ///   - vocabulary: The number of codes of each slot of the tokenizer.
    ///   - weights: The weights of the part.
    ///   - precision: The format in which the layers multiply.
    /// - Returns: The prior.
    /// - Throws: ``CheckpointError`` if the weights do not fit the settings.
    static func load(
        _ settings: Settings, vocabulary: [Int], from weights: Weights, precision: Precision
    ) throws(CheckpointError) -> any TokenPredictor
}
