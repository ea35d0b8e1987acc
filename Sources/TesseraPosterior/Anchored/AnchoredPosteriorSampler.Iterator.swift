import Glibc
import TesseraSampler
import TesseraTensor
import TesseraTokens

extension AnchoredPosteriorSampler {
    /// The steps of an anchored posterior sampler.
    public struct Iterator: IteratorProtocol {
        private var grid: TokenGrid
        private var number = 0
        /// How slots were tilted when they were last masked: a matrix `[positions, vocabulary.sum]`.
        private var tilt: Tensor<Float>?
        /// The slots that have been settled, by flat index, and how probable their codes were then.
        private var confidences: [Int: Float] = [:]
        private let guess: InitialGuess?
        private let problem: PosteriorProblem
        private let configuration: PosteriorConfiguration
        private let choice: ConfidentChoice
        private let random: RandomSource
        private let plan: SettlingPlan

        init(
            problem: PosteriorProblem, guess: InitialGuess?, configuration: PosteriorConfiguration,
            random: RandomSource
        ) {
            self.problem = problem
            grid = problem.grid
            self.configuration = configuration
            choice = ConfidentChoice(
                temperature: configuration.choiceTemperature, random: random)
            plan = SettlingPlan(
                for: grid, guess: guess, schedule: configuration.schedule,
                measuredSchedule: configuration.measuredSchedule,
                stepCount: configuration.stepCount)
            self.guess = guess
            self.random = random
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number < plan.steps.count else { return nil }
            let planned = plan.steps[number]
            number += 1
            let stepCount = plan.steps.count
            let revisitedCount = revisit(among: planned.group)
            let masked = grid.maskedIndices
            let space = problem.model.codeSpace
            var tilted = problem.prior(of: grid, guidanceScale: configuration.guidanceScale)
            if let tilt {
                tilted.add(tilt: tilt, weight: configuration.warmStart)
            } else if let guess, number == 1 {
                tilted.start(from: guess.logits(in: space), weights: guess.trust)
            }

            let losses = tilt(
                &tilted, rate: configuration.learningRate.value(ofStep: number, of: stepCount),
                priorWeight: configuration.priorWeight.value(ofStep: number, of: stepCount))

            let anchors = space.quantize(space.expectation(of: tilted.denseProbabilities))
            let candidates = zip(masked, tilted.logProbabilities(of: anchors)).filter {
                planned.group.contains($0.0)
            }
            let settled = choice.best(
                planned.count + revisitedCount, of: candidates.map(\.0),
                logProbabilities: candidates.map(\.1),
                step: planned.step, of: planned.stepCount)
            for place in settled {
                let (index, logProbability) = candidates[place]
                grid[index] = anchors[index]
                confidences[index] = exp(logProbability)
            }
            if configuration.warmStart > 0 && number < stepCount { tilted.copyTilt(into: &tilt) }
            return PosteriorStep(
                number: number, stepCount: stepCount, grid: grid,
                estimate: grid.filled(with: anchors), losses: losses)
        }

        /// Masks some settled slots again, rather those whose codes were less probable.
        ///
        /// - Parameter group: The flat indices of the slots that may be.
        /// - Returns: How many were.
        private mutating func revisit(among group: Set<Int>) -> Int {
            guard configuration.revisitedPart > 0 else { return 0 }
            let settled = confidences.filter { group.contains($0.key) }
            let count = Int(Swift.min(configuration.revisitedPart, 1) * Float(settled.count))
            guard count > 0 else { return 0 }
            // The largest sums with Gumbel noise are draws without replacement, by the softmax.
            let scores = settled.map { index, probability in
                (
                    random.gumbel(step: number, position: index, draw: Draw.revisit) - probability,
                    index
                )
            }
            for (_, index) in scores.sorted(by: >).prefix(count) {
                grid[index] = TokenGrid.mask
                confidences[index] = nil
            }
            return count
        }

        private enum Draw {
            /// Not a number that ``ConfidentChoice`` draws.
            static let revisit = 2
        }

        /// Runs the gradient steps on φ, until they would follow the noise.
        ///
        /// - Returns: The measurement loss before each.
        private func tilt(
            _ tilted: inout TiltedSlots, rate: Float, priorWeight: Float
        ) -> [Double] {
            let least =
                configuration.stopsAtNoise
                ? configuration.loss.expectedValue(ofNoise: problem.measurement.noise) : -1
            var losses: [Double] = []
            while losses.count < configuration.innerStepCount {
                let (loss, gradient) = lossWithGradient(of: tilted)
                losses.append(loss)
                guard loss > least else { break }
                tilted.descend(
                    along: gradient, rate: rate, priorWeight: priorWeight * Float(loss))
            }
            return losses
        }

        /// The measurement loss of the quantized expectation, and its gradient by probabilities.
        private func lossWithGradient(
            of tilted: TiltedSlots
        ) -> (loss: Double, gradient: Tensor<Float>) {
            let space = problem.model.codeSpace
            let codes = space.quantize(space.expectation(of: tilted.denseProbabilities))
            let latent =
                configuration.usesEntropyGate
                ? space.expectation(of: tilted.gatedProbabilities(hardenedTo: codes))
                : space.embed(codes)
            return problem.valueWithGradient(of: configuration.loss, at: latent)
        }
    }
}
