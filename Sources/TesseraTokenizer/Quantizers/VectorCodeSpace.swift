public import TesseraTensor

/// Codes from one learned codebook, compared by the Euclidean distance.
///
/// A. van den Oord et al., "Neural Discrete Representation Learning" (VQ-VAE), NeurIPS 2017.
public struct VectorCodeSpace: CodebookCodeSpace {
    /// The code vectors of the only slot.
    public let codebooks: SlotCodebooks

    private let search: CodeSearch

    /// Makes a code space.
    ///
    /// - Parameter codebook: The code vectors. Shape `[codeCount, latentChannels]`.
    public init(codebook: Tensor<Float>) {
        precondition(
            codebook.shape.count == 2,
            "A codebook has the shape [codes, channels], but got \(codebook.shape)")
        codebooks = SlotCodebooks(vocabulary: [codebook.shape[0]], vectors: codebook)
        search = CodeSearch(codebook, by: .euclidean)
    }

    /// The codes nearest to a latent.
    ///
    /// - Parameter latent: Shape `[positions, latentChannels]`.
    /// - Returns: Codes of shape `[positions, 1]`.
    public func quantize(_ latent: Tensor<Float>) -> [Int32] {
        checkShape(of: latent)
        return search(latent)
    }
}
