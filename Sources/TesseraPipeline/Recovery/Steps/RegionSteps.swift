import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// The steps in which the hole of one region is filled.
///
/// A hole too wide for the prior to see across is filled from coarse to fine: the same hole at half the
/// size comes first, and what that is filled with is where sampling starts.
struct RegionSteps: SamplingSteps {
    private let known: Tensor<Float>
    private let hole: PixelMask
    private let model: Model
    private let options: RecoveryOptions
    private var halfSize: HalfSizeSteps?
    private var coarseDecodeCount = 0
    private var picture: PictureSteps?

    /// Begins a region.
    ///
    /// - Parameters:
    ///   - region: The region.
    ///   - mask: The missing pixels of the whole picture.
    ///   - canvas: The whole picture.
    ///   - model: The model, with its prior.
    ///   - options: How to sample.
    init(
        filling region: HoleRegion, of mask: PixelMask, canvas: some PixelCanvas, with model: Model,
        options: RecoveryOptions
    ) {
        known = canvas.pixels(in: region.rectangle)
        hole = region.hole
        self.model = model
        self.options = options
        // Replacement sampling, which asks nothing but the prior, goes without.
        if options.method != .replacement && hole.hasHole(ofSide: HalfSizeSteps.wideSide) {
            halfSize = HalfSizeSteps(
                filling: region.rectangle, of: mask, canvas: canvas, with: model, options: options)
        }
    }

    mutating func next() -> SamplingProgress<Tensor<Float>>? {
        if picture == nil {
            if let progress = halfSize?.next() { return progress.preparatory }
            let coarse = halfSize?.result()
            halfSize = nil
            coarseDecodeCount = coarse?.decodeCount ?? 0
            picture = PictureSteps(
                solving: problem(startingFrom: coarse?.image), with: model, options: options)
        }
        return picture?.next()
    }

    /// The filled region.
    func result() -> Recovered<Tensor<Float>> {
        guard let recovered = picture?.result() else {
            preconditionFailure("A region has a result after its steps")
        }
        return recovered.adding(decodeCount: coarseDecodeCount)
    }

    /// What a fill at half the size weighs.
    private static let coarseWeight: Float = 0.99

    /// What is known of the region; tokens of squares that touch the hole are to be found.
    private func problem(startingFrom coarse: Tensor<Float>?) -> RecoveryProblem {
        let inpainting = Inpainting(mask: hole)
        let grid = model.tokenizer.encode(
            coarse ?? inpainting.initialEstimate(from: known, noise: 0))
        let fractions = hole.holeFractions(ofSquares: model.tokenizer.pixelsPerToken)
        let least: Float = coarse == nil ? 0 : Self.coarseWeight
        return RecoveryProblem(
            forwardOperator: inpainting, values: inpainting.apply(to: known), noise: 0,
            start: grid.masking(fractions.map { $0 > 0 }),
            initialEstimate: InitialEstimate(
                grid: grid, weights: fractions.map { max(1 - Float($0), least) }))
    }
}
