public import TesseraTensor
public import TesseraTokens

/// Fills in the masked slots of a grid, some at every step.
///
/// This is the iterative decoding of MaskGIT (H. Chang et al., CVPR 2022, section 3.2) over slots: at
/// each step the model scores the masked slots, codes are drawn, and the schedule says how many of
/// them are kept. Codes that are not masked at the start stay as they are, so generation, inpainting
/// and editing differ only in the grid they start from.
///
/// A sampler is a sequence of steps. Take the last for the result, or look at each on the way;
/// leaving the loop cancels:
///
///     for step in MaskedSampler(filling: grid, using: prior, random: RandomSource(seed: 7)) {
///         print("step \(step.number) of \(step.stepCount)")
///     }
///
/// Random numbers depend on the seed, the step and the slot only, so the result is the same in any
/// batch and with any number of threads.
///
/// **Edge cases:** a grid without masked slots gives no steps.
public struct MaskedSampler: Sequence, Sendable {
    private let grid: TokenGrid
    private let predictor: any TokenPredictor
    private let condition: Condition
    private let configuration: SamplerConfiguration
    private let random: RandomSource

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - grid: The tokens to start from; its masked slots are filled.
    ///   - predictor: The model that scores codes.
    ///   - condition: What the prior is told of the picture.
    ///   - configuration: How the grid is filled.
    ///   - random: The source of every random choice.
    public init(
        filling grid: TokenGrid, using predictor: any TokenPredictor, condition: Condition = .none,
        configuration: SamplerConfiguration = SamplerConfiguration(), random: RandomSource
    ) {
        precondition(
            grid.vocabulary == predictor.vocabulary,
            "A predictor of \(predictor.vocabulary) codes cannot fill \(grid.vocabulary)")
        self.grid = grid
        self.predictor = predictor
        self.condition = condition
        self.configuration = configuration
        self.random = random
    }

    /// Starts from the first step.
    ///
    /// - Returns: The steps, each computed when it is asked for.
    public func makeIterator() -> Iterator {
        Iterator(
            grid: grid, predictor: predictor, condition: condition, configuration: configuration,
            random: random)
    }

    /// Runs all steps.
    ///
    /// - Returns: The grid after the last step, with no masked slot.
    public func filled() -> TokenGrid {
        reduce(grid) { $1.grid }
    }
}

extension MaskedSampler {
    /// The steps of a masked sampler.
    public struct Iterator: IteratorProtocol {
        private var grid: TokenGrid
        private var number = 0
        private let predictor: any TokenPredictor
        private let condition: Condition
        private let configuration: SamplerConfiguration
        private let random: RandomSource
        private let maskedCounts: [Int]
        private let ranks: [Int]?
        private let choice: ConfidentChoice

        init(
            grid: TokenGrid, predictor: any TokenPredictor, condition: Condition,
            configuration: SamplerConfiguration, random: RandomSource
        ) {
            self.grid = grid
            self.predictor = predictor
            self.condition = condition
            self.configuration = configuration
            self.random = random
            maskedCounts = configuration.schedule.maskedCounts(
                from: grid.maskedIndices.count, stepCount: configuration.stepCount)
            ranks = configuration.order.ranks(for: grid, random: random)
            choice = ConfidentChoice(
                temperature: configuration.choiceTemperature, random: random)
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> SamplingStep? {
            guard number + 1 < maskedCounts.count else { return nil }
            number += 1
            let masked = grid.maskedIndices
            let count = masked.count - maskedCounts[number]
            if let ranks {
                // The slots are chosen first, so that only their logits are computed.
                let chosen = masked.sorted { ranks[$0] < ranks[$1] }.prefix(count).sorted()
                for (index, draw) in zip(chosen, draws(at: chosen)) {
                    grid[index] = draw.code
                }
            } else {
                let draws = draws(at: masked)
                let chosen = choice.best(
                    count, of: masked, logProbabilities: draws.map(\.logProbability),
                    step: number, of: maskedCounts.count - 1)
                for place in chosen { grid[masked[place]] = draws[place].code }
            }
            return SamplingStep(number: number, stepCount: maskedCounts.count - 1, grid: grid)
        }

        /// Draws a code for each of some masked slots.
        private func draws(at indices: [Int]) -> [CodeDraw] {
            let logits = predictor.logits(
                for: grid, at: indices, condition: condition,
                guidanceScale: configuration.guidanceScale)
            return logits.values.withUnsafeBuffer { values in
                CodeDraw.all(indices.count) { row in
                    CodeDraw(
                        from: UnsafeBufferPointer(rebasing: values[logits.layout.range(row)]),
                        temperature: configuration.softmaxTemperature, topP: configuration.topP,
                        uniform: random.uniform(
                            step: number, position: indices[row], draw: Draw.code))
                }
            }
        }
    }
}
