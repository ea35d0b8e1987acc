public import TesseraTensor

/// What a posterior sampler sees of a quantizer: codes as points of a latent space.
///
/// Probabilities are one tensor of shape `[positions, vocabulary.sum]`: the distribution of slot 0,
/// then of slot 1, and so on. The *expectation* of a position is Σ p_k C_k, the mean of its slots'
/// code vectors under p; it is the latent that the decoder would read if codes could be mixed (soft
/// embedding). *Quantizing* rounds a latent to the nearest codes. Together they make the
/// quantized expectation of anchored posterior sampling (L. Rout et al., arXiv 2510.02291).
public protocol CodeSpace: Sendable {
    /// The number of codes of each slot.
    var vocabulary: [Int] { get }

    /// The number of channels of a latent, C.
    var latentChannels: Int { get }

    /// The mean latent under a distribution over codes.
    ///
    /// - Parameter probabilities: Shape `[positions, vocabulary.sum]`; each slot's part sums to 1.
    /// - Returns: Shape `[positions, latentChannels]`.
    func expectation(of probabilities: Tensor<Float>) -> Tensor<Float>

    /// The gradient of a loss with respect to probabilities, from that with respect to expectations.
    ///
    /// - Parameter gradient: Shape `[positions, latentChannels]`.
    /// - Returns: Shape `[positions, vocabulary.sum]`.
    func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float>

    /// The codes nearest to a latent, slot by slot.
    ///
    /// - Parameter latent: Shape `[positions, latentChannels]`.
    /// - Returns: Codes of shape `[positions, vocabulary.count]`.
    func quantize(_ latent: Tensor<Float>) -> [Int32]

    /// The latent that codes stand for.
    ///
    /// - Parameter codes: Shape `[positions, vocabulary.count]`, none masked.
    /// - Returns: Shape `[positions, latentChannels]`.
    func embed(_ codes: [Int32]) -> Tensor<Float>
}

extension CodeSpace {
    /// The sum of the slots' vocabularies: the number of logits of a position.
    public var logitCount: Int { vocabulary.reduce(0, +) }
}
