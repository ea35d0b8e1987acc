public import TesseraImage
public import TesseraSampler
public import TesseraTensor
import TesseraTokens

extension Model {
    /// Draws a picture from the prior.
    ///
    /// - Parameters:
    ///   - height: The height in pixels.
    ///   - width: The width in pixels.
    ///   - label: The index of a class in the prior's labels, or `nil` for none.
    ///   - configuration: How the grid is filled.
    ///   - random: The source of every random choice.
    ///   - advance: Told after each step, with the number of all steps.
    /// - Returns: An RGB picture of 8 bits.
    public func generate(
        height: Int, width: Int, label: Int? = nil, configuration: SamplerConfiguration,
        random: RandomSource, advance: (_ step: Int, _ count: Int) -> Void = { _, _ in }
    ) -> Image {
        let side = tokenizer.pixelsPerToken
        let empty = TokenGrid(
            maskedHeight: (height + side - 1) / side, width: (width + side - 1) / side,
            vocabulary: neededPrior.vocabulary)
        let sampler = MaskedSampler(
            filling: empty, using: neededPrior, label: label, configuration: configuration,
            random: random)
        let grid = sampler.reduce(empty) {
            advance($1.number, $1.stepCount)
            return $1.grid
        }
        return Image(pixels: tokenizer.decode(grid, height: height, width: width))
    }
}
