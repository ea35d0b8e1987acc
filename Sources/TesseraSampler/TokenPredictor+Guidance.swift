import TesseraTensor
public import TesseraTokens

extension TokenPredictor {
    /// Scores the codes of masked slots, pushed away from what the model says without the condition.
    ///
    /// With u the logits without the condition and c those with it, the result is u + s (c - u)
    /// (J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance", 2022). MaskGIT's and Muse's
    /// scale is s - 1.
    ///
    /// **Edge cases:** without a condition, or with s = 1, the model is asked once.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - indices: The flat indices to score, rising; each masked.
    ///   - condition: What the prior is told of the picture.
    ///   - scale: The guidance scale s; 1 is the model's own answer.
    /// - Returns: Logits as ``logits(for:at:condition:)`` gives them.
    public func logits(
        for grid: TokenGrid, at indices: [Int], condition: Condition, guidanceScale scale: Float
    ) -> Logits {
        var guided = logits(for: grid, at: indices, condition: condition)
        guard condition != .none && scale != 1 else { return guided }
        let plain = logits(for: grid, at: indices, condition: .none)
        plain.values.withUnsafeBuffer { plain in
            guided.values.withUnsafeMutableBuffer { guided in
                for i in guided.indices {
                    guided[i] = plain[i] + scale * (guided[i] - plain[i])
                }
            }
        }
        return guided
    }
}
