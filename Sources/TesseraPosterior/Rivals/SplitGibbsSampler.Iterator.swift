import Glibc
import TesseraSampler
import TesseraTensor
import TesseraTokens

extension SplitGibbsSampler {
    /// The steps of a split Gibbs sampler.
    public struct Iterator: IteratorProtocol {
        private let problem: PosteriorProblem
        private let configuration: SplitGibbsConfiguration
        private let random: RandomSource
        private let free: [Int]
        private var number = 0
        /// x; `nil` before the first step.
        private var likely: TokenGrid?
        /// z; `nil` before the first step if there is no initial estimate.
        private var explaining: TokenGrid?
        /// L(z), once it was decoded.
        private var loss: Double?

        init(_ sampler: SplitGibbsSampler) {
            problem = sampler.problem
            configuration = sampler.configuration
            random = sampler.random
            free = sampler.problem.grid.maskedIndices
            explaining = sampler.initialEstimate.map {
                sampler.problem.grid.filled(with: $0.codes)
            }
        }

        /// Takes the next step.
        ///
        /// - Returns: z after it, or `nil` after the last.
        public mutating func next() -> PosteriorStep? {
            guard number < configuration.stepCount, !free.isEmpty else { return nil }
            number += 1
            let corruption = Double(
                Swift.min(
                    configuration.corruption.value(ofStep: number, of: configuration.stepCount), 1))
            let source = random.part(number)
            let x = drawn(corruption: corruption, random: source)
            var walk = GibbsWalk(
                z: explaining ?? x, loss: loss, x: x, free: free, corruption: corruption,
                random: source.part(1))
            walk.run(problem, configuration)
            (likely, explaining, loss) = (x, walk.z, walk.loss)
            return PosteriorStep(
                number: number, stepCount: configuration.stepCount, grid: walk.z, estimate: walk.z,
                losses: walk.losses)
        }

        /// Draws x given z.
        private func drawn(corruption: Double, random: RandomSource) -> TokenGrid {
            var start = problem.grid
            if let explaining {
                start = explaining
                for index in free {
                    let probability = drawnProbability(
                        ofCode: explaining[index], at: index, corruption: corruption)
                    if Double(random.uniform(step: 0, position: index)) < probability {
                        start[index] = TokenGrid.mask
                    }
                }
            }
            return MaskedSampler(
                filling: start, using: problem.model.predictor, condition: problem.condition,
                configuration: SamplerConfiguration(
                    stepCount: configuration.priorStepCount, order: .random,
                    guidanceScale: configuration.guidanceScale),
                random: random.part(0)
            ).filled()
        }

        /// The probability that κ drew a code of z, given x.
        private func drawnProbability(
            ofCode code: Int32, at index: Int, corruption: Double
        ) -> Double {
            guard let likely else { return corruption }
            guard likely[index] == code else { return 1 }
            let count = Double(likely.vocabulary[index % likely.slotCount])
            return corruption / (count * (1 - corruption) + corruption)
        }
    }
}
