public import TesseraTensor
public import TesseraTokens

/// The three parts of a model that posterior sampling needs.
public struct TokenModel: Sendable {
    /// The prior: scores for the codes of masked slots.
    public let predictor: any TokenPredictor

    /// The quantizer: codes as points of the latent space.
    public let codeSpace: any CodeSpace

    /// The decoder from latents to pixels, with its gradient.
    public let decoder: any LatentDecoder

    /// Puts the parts of a model together.
    ///
    /// - Parameters:
    ///   - predictor: The prior.
    ///   - codeSpace: The quantizer, with the same vocabulary.
    ///   - decoder: The decoder from latents to pixels.
    public init(
        predictor: any TokenPredictor, codeSpace: any CodeSpace, decoder: any LatentDecoder
    ) {
        precondition(
            predictor.vocabulary == codeSpace.vocabulary,
            "A prior of \(predictor.vocabulary) codes does not fit a quantizer of "
                + "\(codeSpace.vocabulary)")
        self.predictor = predictor
        self.codeSpace = codeSpace
        self.decoder = decoder
    }

    /// Decodes a grid, cut to the size of a picture and clamped.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - height: The height of the picture in pixels; rows past it were padding.
    ///   - width: The width of the picture in pixels.
    /// - Returns: Shape `[1, height, width, 3]`, values in [-1, 1].
    public func decode(_ grid: TokenGrid, height: Int, width: Int) -> Tensor<Float> {
        let latent = codeSpace.embed(grid.codes)
            .reshaped(to: [1, grid.height, grid.width, codeSpace.latentChannels])
        var pixels = decoder.decode(latent).cut(toHeight: height, width: width)
        pixels.withUnsafeMutableBuffer { values in
            for i in values.indices { values[i] = min(max(values[i], -1), 1) }
        }
        return pixels
    }
}
