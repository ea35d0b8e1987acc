import Glibc
import TesseraSampler
import TesseraTensor
import TesseraTokens

extension AnchoredPosteriorSampler {
    /// The steps of an anchored posterior sampler.
    public struct Iterator: IteratorProtocol {
        private var grid: TokenGrid
        private var number = 0
        /// What guided slots when they were last masked, φ - log x_θ: a matrix `[positions, vocabulary.sum]`.
        private var guidance: Tensor<Float>?
        /// The committed slots, by flat index, and how probable their codes were then.
        private var confidences: [Int: Float] = [:]
        private let initialEstimate: InitialEstimate?
        private let problem: PosteriorProblem
        private let configuration: PosteriorConfiguration
        private let choice: ConfidentChoice
        private let random: RandomSource
        private let plan: UnmaskingPlan

        init(_ sampler: AnchoredPosteriorSampler) {
            problem = sampler.problem
            initialEstimate = sampler.initialEstimate
            configuration = sampler.configuration
            random = sampler.random
            grid = problem.grid
            choice = ConfidentChoice(
                temperature: configuration.choiceTemperature, random: random)
            plan = UnmaskingPlan(
                for: grid, initialEstimate: initialEstimate, schedule: configuration.schedule,
                measuredSchedule: configuration.measuredSchedule,
                stepCount: configuration.stepCount)
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number < plan.steps.count else { return nil }
            let planned = plan.steps[number]
            number += 1
            let stepCount = plan.steps.count
            let remaskedCount = remask(among: planned.group)
            let masked = grid.maskedIndices
            let space = problem.model.codeSpace
            var guided = problem.prior(of: grid, guidanceScale: configuration.guidanceScale)
            if let guidance {
                guided.add(guidance: guidance, weight: configuration.warmStart)
            } else if let initialEstimate, number == 1 {
                guided.start(
                    from: initialEstimate.logits(in: space), weights: initialEstimate.weights)
            }

            let losses = guide(
                &guided, rate: configuration.learningRate.value(ofStep: number, of: stepCount),
                priorWeight: configuration.priorWeight.value(ofStep: number, of: stepCount))

            let anchors = space.quantize(space.expectation(of: guided.denseProbabilities))
            let candidates = zip(masked, guided.logProbabilities(of: anchors)).filter {
                planned.group.contains($0.0)
            }
            let committed = choice.best(
                planned.count + remaskedCount, of: candidates.map(\.0),
                logProbabilities: candidates.map(\.1),
                step: planned.step, of: planned.stepCount)
            for place in committed {
                let (index, logProbability) = candidates[place]
                grid[index] = anchors[index]
                confidences[index] = exp(logProbability)
            }
            if configuration.warmStart > 0 && number < stepCount {
                guided.copyGuidance(into: &guidance)
            }
            return PosteriorStep(
                number: number, stepCount: stepCount, grid: grid,
                estimate: grid.filled(with: anchors), losses: losses)
        }

        /// Masks some committed slots again, rather those whose codes were less probable.
        ///
        /// - Parameter group: The flat indices of the slots that may be.
        /// - Returns: How many were.
        private mutating func remask(among group: Set<Int>) -> Int {
            guard configuration.remaskedPart > 0 else { return 0 }
            let committed = confidences.filter { group.contains($0.key) }
            let count = Int(Swift.min(configuration.remaskedPart, 1) * Float(committed.count))
            guard count > 0 else { return 0 }
            // The largest sums with Gumbel noise are draws without replacement, by the softmax.
            let scores = committed.map { index, probability in
                (
                    random.gumbel(step: number, position: index, draw: Draw.remask) - probability,
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
            static let remask = 2
        }

        /// Runs the gradient steps on φ, until they would follow the noise.
        ///
        /// - Returns: The measurement loss before each.
        private func guide(
            _ guided: inout GuidedLogits, rate: Float, priorWeight: Float
        ) -> [Double] {
            let least =
                configuration.stopsAtNoise
                ? configuration.loss.expectedValue(ofNoise: problem.measurement.noise) : -1
            var losses: [Double] = []
            while losses.count < configuration.innerStepCount {
                let (loss, gradient) = lossWithGradient(of: guided)
                losses.append(loss)
                guard loss > least else { break }
                guided.descend(
                    along: gradient, rate: rate, priorWeight: priorWeight * Float(loss))
            }
            return losses
        }

        /// The measurement loss of the quantized expectation, and its gradient by probabilities.
        private func lossWithGradient(
            of guided: GuidedLogits
        ) -> (loss: Double, gradient: Tensor<Float>) {
            let space = problem.model.codeSpace
            let codes = space.quantize(space.expectation(of: guided.denseProbabilities))
            let latent =
                configuration.usesEntropyGate
                ? space.expectation(of: guided.gatedProbabilities(hardenedTo: codes))
                : space.embed(codes)
            return problem.valueWithGradient(of: configuration.loss, at: latent)
        }
    }
}
