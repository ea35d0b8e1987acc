import Glibc
public import TesseraSampler
public import TesseraTensor
public import TesseraTokens

/// Fills a picture in around the tokens of its measured parts, without asking the measurement again.
///
/// This is replacement sampling, the way masked models inpaint (H. Chang et al., "MaskGIT", CVPR
/// 2022, section 4.3), and the rival of posterior sampling on the same model. An initial estimate, such
/// as a bicubic enlargement or a hole filled with gray, is encoded, and then
///
/// 1. tokens at positions with weight 1 are kept, and those at positions with weight 0 are masked;
/// 2. of the tokens in between, the prior scores each given the others, in two passes that mask one
///    half of them each in the pattern of a chessboard; the least probable part is masked;
/// 3. the masked slots are sampled by ``TesseraSampler/MaskedSampler``.
///
/// So a box of whole positions is sampled anew, and everything else is kept; a reduced picture, or one
/// of which pixels are missing everywhere, keeps the tokens that look likely.
///
/// Like the other samplers it is a sequence of steps.
public struct ReplacementSampler: Sequence, Sendable {
    private let initialEstimate: InitialEstimate
    private let predictor: any TokenPredictor
    private let revisedFraction: Double
    private let condition: Condition
    private let configuration: SamplerConfiguration
    private let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from; positions without a masked slot are kept.
    ///   - initialEstimate: The tokens of the initial estimate, and what each position weighs.
    ///   - predictor: The prior.
    ///   - revisedFraction: The part of the tokens with a weight between 0 and 1 that is sampled anew.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the masked slots are sampled.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, from initialEstimate: InitialEstimate,
        using predictor: any TokenPredictor,
        revisedFraction: Double = 0.5, condition: Condition = .none,
        configuration: SamplerConfiguration = SamplerConfiguration(), random: RandomSource
    ) {
        precondition(
            revisedFraction >= 0 && revisedFraction <= 1,
            "A part of the tokens lies in [0, 1], but got \(revisedFraction)")
        self.initialEstimate = InitialEstimate(
            grid: grid.filled(with: initialEstimate.grid.codes),
            weights: zip(initialEstimate.weights, grid.isGiven).map { $1 ? 1 : $0 })
        self.predictor = predictor
        self.revisedFraction = revisedFraction
        self.condition = condition
        self.configuration = configuration
        self.random = random
    }

    /// Starts from the first step.
    ///
    /// - Returns: The steps; what is to be sampled is chosen before the first.
    public func makeIterator() -> Iterator {
        Iterator(
            steps: MaskedSampler(
                filling: maskedGrid(), using: predictor, condition: condition,
                configuration: configuration, random: random
            ).makeIterator(), start: initialEstimate.grid.codes)
    }

    /// Runs all steps.
    ///
    /// - Returns: The grid after the last step, with no masked slot.
    public func filled() -> TokenGrid {
        reduce(initialEstimate.grid) { $1.grid }
    }

    /// The tokens to keep; all others are masked.
    func maskedGrid() -> TokenGrid {
        var grid = initialEstimate.grid
        let weights = grid.codes.indices.map {
            initialEstimate.weights[$0 / initialEstimate.grid.slotCount]
        }
        for index in weights.indices where weights[index] <= 0 {
            grid[index] = TokenGrid.mask
        }
        let doubtful = weights.indices.filter { weights[$0] > 0 && weights[$0] < 1 }
        let scores = plausibilities(of: doubtful, in: grid)
        let order = doubtful.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        for number in order.prefix(Int((revisedFraction * Double(doubtful.count)).rounded())) {
            grid[doubtful[number]] = TokenGrid.mask
        }
        return grid
    }

    /// The log-probability of each of some tokens given the others.
    private func plausibilities(of indices: [Int], in grid: TokenGrid) -> [Float] {
        var scores = [Int: Float]()
        for parity in [0, 1] {
            let half = indices.filter { index in
                let (position, slot) = index.quotientAndRemainder(dividingBy: grid.slotCount)
                return (position / grid.width + position % grid.width + slot) % 2 == parity
            }
            guard !half.isEmpty else { continue }
            var masked = grid
            for index in half { masked[index] = TokenGrid.mask }
            let logits = predictor.logits(for: masked, at: half, condition: condition)
            logits.forEachRow { _, index, row in
                let largest = row.max() ?? 0
                let sum = row.reduce(0) { $0 + exp($1 - largest) }
                scores[index] = row[Int(grid.codes[index])] - largest - log(sum)
            }
        }
        return indices.map { scores[$0] ?? 0 }
    }
}

extension ReplacementSampler {
    /// The steps of a replacement sampler.
    public struct Iterator: IteratorProtocol {
        private var steps: MaskedSampler.Iterator
        /// The codes of the initial estimate.
        private let start: [Int32]

        fileprivate init(steps: MaskedSampler.Iterator, start: [Int32]) {
            self.steps = steps
            self.start = start
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            steps.next().map {
                PosteriorStep(
                    number: $0.number, stepCount: $0.stepCount, grid: $0.grid,
                    estimate: $0.grid.filled(with: start), losses: [])
            }
        }
    }
}
