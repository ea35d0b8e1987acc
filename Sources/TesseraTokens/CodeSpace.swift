public import TesseraTensor

/// What a posterior sampler sees of a quantizer: codes as points of a latent space.
///
/// Probabilities are one tensor of shape `[positions, vocabulary.sum]`: the distribution of slot 0,
/// then of slot 1, and so on. The *expectation* of a position is Σ p_k C_k, the mean of its slots'
/// code vectors under p; it is the latent that the decoder would read if codes could be mixed (soft
/// embedding). *Quantizing* rounds a latent to the nearest codes. Together they make the
/// quantized expectation of anchored posterior sampling (L. Rout et al., arXiv 2510.02291).
///
/// Where vocabularies are large, a ``Shortlist`` of each slot's candidates takes their place.
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

    /// The mean latent under a distribution over a few codes.
    ///
    /// - Parameters:
    ///   - probabilities: Shape `[positions, slots * candidates]`; each slot's part sums to 1.
    ///   - shortlist: The codes of each position.
    /// - Returns: Shape `[positions, latentChannels]`.
    func expectation(
        of probabilities: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float>

    /// The gradient with respect to probabilities of a few codes.
    ///
    /// - Parameters:
    ///   - gradient: Shape `[positions, latentChannels]`.
    ///   - shortlist: The codes of each position.
    /// - Returns: Shape `[positions, slots * candidates]`.
    func expectationPullback(
        of gradient: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float>

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

    /// The mean latent under a distribution over a few codes, from a dense one.
    public func expectation(
        of probabilities: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        var dense = Tensor<Float>(shape: [shortlist.positionCount, logitCount], repeating: 0)
        dense.withUnsafeMutableBuffer { dense in
            probabilities.withUnsafeBuffer { probabilities in
                forEachCandidate(of: shortlist) { dense[$1] = probabilities[$0] }
            }
        }
        return expectation(of: dense)
    }

    /// The gradient with respect to probabilities of a few codes, from a dense one.
    public func expectationPullback(
        of gradient: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        expectationPullback(of: gradient).withUnsafeBuffer { dense in
            Tensor(shape: [shortlist.positionCount, shortlist.slotCount * shortlist.count]) { few in
                forEachCandidate(of: shortlist) { few.initializeElement(at: $0, to: dense[$1]) }
            }
        }
    }

    /// Tells where each candidate lies among the candidates, and in a dense matrix.
    private func forEachCandidate(of shortlist: Shortlist, _ body: (Int, Int) -> Void) {
        var starts: [Int] = []
        for count in vocabulary { starts.append((starts.last ?? 0) + count) }
        for (number, code) in shortlist.codes.enumerated() {
            let (position, slot) = (number / shortlist.count).quotientAndRemainder(
                dividingBy: shortlist.slotCount)
            body(
                number, position * logitCount + starts[slot] - vocabulary[slot] + Int(code))
        }
    }
}
