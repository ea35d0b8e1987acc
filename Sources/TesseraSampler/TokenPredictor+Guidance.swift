public import TesseraTensor
public import TesseraTokens

extension TokenPredictor {
    /// Scores the codes of masked slots, pushed away from what the model says without the label.
    ///
    /// With u the logits without the label and c those with it, the result is u + s (c - u)
    /// (J. Ho and T. Salimans, "Classifier-Free Diffusion Guidance", 2022). MaskGIT's and Muse's
    /// scale is s - 1.
    ///
    /// **Edge cases:** without a label, or with s = 1, the model is asked once.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - indices: The flat indices to score, rising; each masked.
    ///   - label: The index of a class in ``labels``, or `nil` for none.
    ///   - scale: The guidance scale s; 1 is the model's own answer.
    /// - Returns: Logits as ``logits(for:at:label:)`` gives them.
    public func logits(
        for grid: TokenGrid, at indices: [Int], label: Int?, guidanceScale scale: Float
    ) -> Tensor<Float> {
        var guided = logits(for: grid, at: indices, label: label)
        guard label != nil && scale != 1 else { return guided }
        let plain = logits(for: grid, at: indices, label: nil)
        plain.withUnsafeBuffer { plain in
            guided.withUnsafeMutableBuffer { guided in
                for i in guided.indices {
                    guided[i] = plain[i] + scale * (guided[i] - plain[i])
                }
            }
        }
        return guided
    }
}
