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
        private let maskedCounts: [Int]

        init(
            problem: PosteriorProblem, guess: InitialGuess?, configuration: PosteriorConfiguration,
            random: RandomSource
        ) {
            self.problem = problem
            grid = problem.grid
            self.configuration = configuration
            choice = ConfidentChoice(
                temperature: configuration.choiceTemperature, random: random)
            maskedCounts = configuration.schedule.maskedCounts(
                from: grid.maskedIndices.count, stepCount: configuration.stepCount)
            self.guess = guess
        }

        /// Takes the next step.
        ///
        /// - Returns: The tokens after it, or `nil` if no slot is masked.
        public mutating func next() -> PosteriorStep? {
            guard number + 1 < maskedCounts.count else { return nil }
            number += 1
            let stepCount = maskedCounts.count - 1
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
            let settled = choice.best(
                masked.count - maskedCounts[number], of: masked,
                logProbabilities: tilted.logProbabilities(of: anchors), step: number, of: stepCount)
            for place in settled { grid[masked[place]] = anchors[masked[place]] }
            tilt = configuration.warmStart > 0 && number < stepCount ? tilted.denseTilt : nil
            return PosteriorStep(
                number: number, stepCount: stepCount, grid: grid,
                estimate: grid.filled(with: anchors), losses: losses)
        }

        /// Runs the gradient steps on φ.
        ///
        /// - Returns: The measurement loss before each.
        private func tilt(
            _ tilted: inout TiltedSlots, rate: Float, priorWeight: Float
        ) -> [Double] {
            (0 ..< configuration.innerStepCount).map { _ in
                let (loss, gradient) = lossWithGradient(of: tilted)
                tilted.descend(
                    along: gradient, rate: rate, priorWeight: priorWeight * Float(loss))
                return loss
            }
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
