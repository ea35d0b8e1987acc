public import TesseraImage
public import TesseraSampler
public import TesseraTensor
public import TesseraTokens

extension Model {
    /// Draws a picture from the prior.
    ///
    /// - Parameters:
    ///   - height: The height in pixels.
    ///   - width: The width in pixels.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the grid is filled.
    ///   - random: The source of every random choice.
    /// - Returns: The steps, each with the tokens so far, and then an RGB picture of 8 bits.
    public func generate(
        height: Int, width: Int, condition: Condition = .none, configuration: SamplerConfiguration,
        random: RandomSource
    ) -> Generation {
        let side = tokenizer.pixelsPerToken
        let empty = TokenGrid(
            maskedHeight: (height + side - 1) / side, width: (width + side - 1) / side,
            vocabulary: neededPrior.vocabulary)
        return Generation {
            GenerationSteps(
                filling: empty,
                by: MaskedSampler(
                    filling: empty, using: neededPrior, condition: condition,
                    configuration: configuration, random: random
                ).makeIterator(), tokenizer: tokenizer, height: height, width: width)
        }
    }
}

/// The drawing of a picture from the prior.
public typealias Generation = SamplingRun<TokenGrid, Image>

/// The steps in which a picture is drawn.
private struct GenerationSteps: SamplingSteps {
    private var steps: MaskedSampler.Iterator
    private var grid: TokenGrid
    private let tokenizer: any VisualTokenizer
    private let height: Int
    private let width: Int

    init(
        filling grid: TokenGrid, by steps: MaskedSampler.Iterator,
        tokenizer: any VisualTokenizer, height: Int, width: Int
    ) {
        self.grid = grid
        self.steps = steps
        self.tokenizer = tokenizer
        self.height = height
        self.width = width
    }

    mutating func next() -> SamplingProgress<TokenGrid>? {
        guard let step = steps.next() else { return nil }
        grid = step.grid
        return SamplingProgress(step: step.number, of: step.stepCount) { step.grid }
    }

    func result() -> Image {
        // A prior knows the insides of pictures best. Decoded as a whole picture, whose border is zeros
        // to the decoder, such tokens would give a frame of stripes.
        let (margin, side) = (Self.margin, tokenizer.pixelsPerToken)
        let decoded = tokenizer.decode(
            grid.continued(by: margin), height: (grid.height + 2 * margin) * side,
            width: (grid.width + 2 * margin) * side)
        return Image(
            pixels: decoded.pixels(
                in: PixelRectangle(
                    top: margin * side, left: margin * side, height: height, width: width)))
    }

    /// Positions beyond the border of a drawn picture that the decoder is shown, and that are cut off.
    private static let margin = 4
}

extension TokenGrid {
    /// The same grid with its outermost tokens repeated on all sides.
    fileprivate func continued(by margin: Int) -> TokenGrid {
        let rows = (-margin ..< height + margin).map { min(max($0, 0), height - 1) }
        let columns = (-margin ..< width + margin).map { min(max($0, 0), width - 1) }
        return TokenGrid(
            height: rows.count, width: columns.count, vocabulary: vocabulary,
            codes: rows.flatMap { row in
                columns.flatMap { column in
                    let start = (row * width + column) * slotCount
                    return codes[start ..< start + slotCount]
                }
            })
    }
}
