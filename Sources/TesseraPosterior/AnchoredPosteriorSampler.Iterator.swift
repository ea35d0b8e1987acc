import TesseraSampler
import TesseraTensor
import TesseraTokens

extension AnchoredPosteriorSampler {
    /// The steps of an anchored posterior sampler.
    public struct Iterator: IteratorProtocol {
        private var grid: TokenGrid
        private var number = 0
        /// How the last step tilted the prior: a matrix `[positions, vocabulary.sum]`.
        private var tilt: Tensor<Float>?
        private let guess: InitialGuess?
        private let problem: PosteriorProblem
        private let configuration: PosteriorConfiguration
        private let choice: ConfidentChoice
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
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number < plan.steps.count else { return nil }
            let planned = plan.steps[number]
            number += 1
            let stepCount = plan.steps.count
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

            let anchors = space.snap(space.expectation(of: tilted.denseProbabilities))
            let candidates = zip(masked, tilted.logProbabilities(of: anchors)).filter {
                planned.group.contains($0.0)
            }
            let settled = choice.best(
                planned.count, of: candidates.map(\.0), logProbabilities: candidates.map(\.1),
                step: planned.step, of: planned.stepCount)
            for place in settled {
                let index = candidates[place].0
                grid[index] = anchors[index]
            }
            tilt = configuration.warmStart > 0 && number < stepCount ? tilted.denseTilt : nil
            return PosteriorStep(
                number: number, stepCount: stepCount, grid: grid,
                estimate: grid.filled(with: anchors), losses: losses)
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
            let codes = space.snap(space.expectation(of: tilted.denseProbabilities))
            let latent =
                configuration.usesEntropyGate
                ? space.expectation(of: tilted.gatedProbabilities(hardenedTo: codes))
                : space.embed(codes)
            return problem.valueWithGradient(of: configuration.loss, at: latent)
        }
    }
}
