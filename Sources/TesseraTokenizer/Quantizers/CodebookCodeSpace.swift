public import TesseraTensor
public import TesseraTokens

/// A code space whose codes are vectors in a table; a quantizer adds how it finds the nearest.
public protocol CodebookCodeSpace: CodeSpace {
    /// The code vectors of every slot.
    var codebooks: SlotCodebooks { get }
}

extension CodebookCodeSpace {
    /// The number of codes of each slot.
    public var vocabulary: [Int] { codebooks.vocabulary }

    /// The number of channels of a latent, C.
    public var latentChannels: Int { codebooks.channels }

    /// The mean latent under a distribution over codes.
    ///
    /// - Parameter probabilities: Shape `[positions, vocabulary.sum]`; each slot's part sums to 1.
    /// - Returns: Shape `[positions, latentChannels]`.
    public func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        codebooks.expectation(of: probabilities)
    }

    /// The gradient of a loss with respect to probabilities, from that with respect to expectations.
    ///
    /// - Parameter gradient: Shape `[positions, latentChannels]`.
    /// - Returns: Shape `[positions, vocabulary.sum]`.
    public func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        codebooks.expectationPullback(of: gradient)
    }

    /// The mean latent under a distribution over a few codes.
    public func expectation(
        of probabilities: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        codebooks.expectation(of: probabilities, over: shortlist)
    }

    /// The gradient with respect to probabilities of a few codes.
    public func expectationPullback(
        of gradient: Tensor<Float>, over shortlist: Shortlist
    ) -> Tensor<Float> {
        codebooks.expectationPullback(of: gradient, over: shortlist)
    }

    /// The latent that codes stand for.
    ///
    /// - Parameter codes: Shape `[positions, vocabulary.count]`, none masked.
    /// - Returns: Shape `[positions, latentChannels]`.
    public func embed(_ codes: [Int32]) -> Tensor<Float> {
        codebooks.embed(codes)
    }

    /// Stops if a latent does not have this space's channels.
    func checkShape(of latent: Tensor<Float>) {
        precondition(
            latent.shape.count == 2 && latent.shape[1] == latentChannels,
            "A quantizer of \(latentChannels) channels reads latents of shape "
                + "[positions, \(latentChannels)], but got \(latent.shape)")
    }
}
