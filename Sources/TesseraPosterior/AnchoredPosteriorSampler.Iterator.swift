import TesseraInverse
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
        private let model: TokenModel
        private let measurement: ImageMeasurement
        private let label: Int?
        private let configuration: PosteriorConfiguration
        private let choice: ConfidentChoice
        private let maskedCounts: [Int]

        init(
            grid: TokenGrid, model: TokenModel, measurement: ImageMeasurement, guess: InitialGuess?,
            label: Int?, configuration: PosteriorConfiguration, random: RandomSource
        ) {
            self.grid = grid
            self.model = model
            self.measurement = measurement
            self.label = label
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
            let logits = model.predictor.logits(
                for: grid, at: masked, label: label, guidanceScale: configuration.guidanceScale)
            var tilted = TiltedSlots(grid: grid, logits: logits)
            if let tilt {
                tilted.add(tilt: tilt, weight: configuration.warmStart)
            } else if let guess, number == 1 {
                tilted.start(from: guess.logits(in: model.codeSpace), weights: guess.trust)
            }

            let losses = tilt(
                &tilted, rate: configuration.learningRate.value(ofStep: number, of: stepCount),
                priorWeight: configuration.priorWeight.value(ofStep: number, of: stepCount))

            let anchors = model.codeSpace.snap(
                model.codeSpace.expectation(of: tilted.denseProbabilities))
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
            let space = model.codeSpace
            let codes = space.snap(space.expectation(of: tilted.denseProbabilities))
            let latent =
                configuration.usesEntropyGate
                ? space.expectation(of: tilted.gatedProbabilities(hardenedTo: codes))
                : space.embed(codes)
            let (decoded, pullback) = model.decoder.decodeWithPullback(
                latent.reshaped(to: [1, grid.height, grid.width, space.latentChannels]))
            let imageShape = measurement.forwardOperator.imageShape
            let (loss, slope) = configuration.loss.valueWithGradient(
                of: decoded.cut(toHeight: imageShape[1], width: imageShape[2]), given: measurement)
            let whole = slope.cutPullback(fromHeight: decoded.shape[1], width: decoded.shape[2])
            let latentGradient = pullback(whole)
                .reshaped(to: [grid.positionCount, space.latentChannels])
            return (loss, space.expectationPullback(of: latentGradient))
        }
    }
}

extension TokenGrid {
    /// The same grid, its masked slots taken from a list of codes.
    fileprivate func filled(with codes: [Int32]) -> TokenGrid {
        TokenGrid(
            height: height, width: width, vocabulary: vocabulary,
            codes: zip(self.codes, codes).map { $0 == TokenGrid.mask ? $1 : $0 })
    }
}
