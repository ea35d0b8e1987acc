public import TesseraTensor

/// Codes from one learned codebook a slot, compared by the cosine.
///
/// Z. Bai et al., Factorized Visual Tokenization and Generation (FQGAN), 2024: separate
/// sub-codebooks of unit vectors. Only the direction of a latent counts, so the nearest code of a
/// mean latent is the one with the largest dot product.
public struct FactorizedCodeSpace: CodebookCodeSpace {
    /// The code vectors of every slot.
    public let codebooks: SlotCodebooks

    private let searches: [CodeSearch]

    /// Makes a code space.
    ///
    /// - Parameter codebooks: The unit code vectors of each slot. Shape
    ///   `[slotCount, codeCount, slotWidth]`.
    public init(codebooks: Tensor<Float>) {
        precondition(
            codebooks.shape.count == 3,
            "Codebooks have the shape [slots, codes, channels], but got \(codebooks.shape)")
        let slotCount = codebooks.shape[0]
        let codeCount = codebooks.shape[1]
        let slotWidth = codebooks.shape[2]
        self.codebooks = SlotCodebooks(
            vocabulary: Array(repeating: codeCount, count: slotCount),
            vectors: codebooks.reshaped(to: [slotCount * codeCount, slotWidth]))
        let elements = codebooks.elements
        let size = codeCount * slotWidth
        searches = (0 ..< slotCount).map { slot in
            CodeSearch(
                Tensor(
                    shape: [codeCount, slotWidth],
                    elements: Array(elements[slot * size ..< (slot + 1) * size])), by: .cosine)
        }
    }

    /// The codes nearest to a latent, slot by slot.
    ///
    /// - Parameter latent: Shape `[positions, latentChannels]`.
    /// - Returns: Codes of shape `[positions, vocabulary.count]`.
    public func quantize(_ latent: Tensor<Float>) -> [Int32] {
        checkShape(of: latent)
        let positions = latent.shape[0]
        let slots = vocabulary.count
        var codes = [Int32](repeating: 0, count: positions * slots)
        for slot in 0 ..< slots {
            let nearest = searches[slot](group(slot, of: latent))
            for position in 0 ..< positions {
                codes[position * slots + slot] = nearest[position]
            }
        }
        return codes
    }

    /// The channels of one slot.
    ///
    /// Shape `[positions, slotWidth]`.
    private func group(_ slot: Int, of latent: Tensor<Float>) -> Tensor<Float> {
        let width = codebooks.slotWidth
        return latent.withUnsafeBuffer { values in
            Tensor(shape: [latent.shape[0], width]) { group in
                for position in 0 ..< latent.shape[0] {
                    let start = position * latentChannels + slot * width
                    for channel in 0 ..< width {
                        group[position * width + channel] = values[start + channel]
                    }
                }
            }
        }
    }
}
