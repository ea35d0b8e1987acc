import Foundation
import TesseraInverse
import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing

/// The samplers against distributions that are small enough to be written out.
@Suite struct PosteriorLawTests {
    let masked = TokenGrid(maskedHeight: 1, width: 1, vocabulary: [3, 3])

    /// A measurement of nothing.
    var silence: ImageMeasurement {
        let nothing = Inpainting(
            mask: PixelMask(height: 2, width: 2, rows: 0 ..< 2, columns: 0 ..< 2))
        return ImageMeasurement(of: nothing, values: Tensor(shape: [1, 2, 2, 3], repeating: 0))
    }

    /// A measurement halfway between two pairs of codes.
    var halfway: ImageMeasurement {
        let whole = SuperResolution(factor: 1, height: 2, width: 2)
        let latent = Tensor<Float>(shape: [1, 1, 1, 2], elements: [0.5, -0.5])
        return ImageMeasurement(of: whole, values: jointModel.decoder.decode(latent))
    }

    @Test func theBestOfManyFollowsThePriorWhenNothingIsMeasured() {
        var configuration = BestCandidateConfiguration()
        (configuration.stepCount, configuration.candidateCount) = (2, 3)
        configuration.choiceTemperature = 1e6
        let grids = (0 ..< 2000).compactMap { seed in
            BestCandidateSampler(
                filling: masked, using: jointModel, given: silence, configuration: configuration,
                random: RandomSource(seed: UInt64(seed))
            ).reduce(nil) { $1.grid }
        }
        // About 0.025 for 2000 draws of nine values.
        #expect(totalVariation(grids, from: JointPredictor.joint) < 0.06)
    }

    @Test func gumbelNoiseFollowsThePriorWhenNothingIsMeasured() {
        var configuration = GumbelConfiguration()
        (configuration.stepCount, configuration.innerStepCount) = (2, 3)
        // What a slot's distribution was before the other slot was known must be forgotten.
        configuration.warmStart = 0
        let grids = (0 ..< 2000).compactMap { seed in
            GumbelPosteriorSampler(
                filling: masked, using: jointModel, given: silence, configuration: configuration,
                random: RandomSource(seed: UInt64(seed))
            ).reduce(nil) { $1.grid }
        }
        #expect(totalVariation(grids, from: JointPredictor.joint) < 0.06)
    }

    @Test(arguments: [true, false], [0.3, 0.6])
    func splitGibbsFollowsTheEnumeratedPosterior(rectangles: Bool, corruption: Double) {
        for measurement in [silence, halfway] {
            var configuration = SplitGibbsConfiguration()
            configuration.stepCount = 8000
            configuration.proposalCount = 4
            configuration.priorStepCount = 2
            configuration.corruption = DecayingValue(Float(corruption))
            configuration.noiseStandardDeviation = 0.4
            configuration.proposesRectangles = rectangles
            let chain = SplitGibbsSampler(
                filling: masked, using: jointModel, given: measurement,
                configuration: configuration, random: RandomSource(seed: 3)
            ).map(\.grid)
            let expected = posterior(
                measurement, corruption: corruption, deviation: 0.4)
            // Some hundred to thousand independent draws; 200,000 steps come within 0.013.
            #expect(totalVariation(chain, from: expected) < 0.05)
        }
    }

    @Test func theMeasurementMattersToThePosterior() {
        let prior = posterior(silence, corruption: 0.02, deviation: 0.4)
        let tilted = posterior(halfway, corruption: 0.02, deviation: 0.4)
        #expect(zip(prior, tilted).reduce(0) { $0 + abs($1.0 - $1.1) } / 2 > 0.15)
    }

    /// Σ_x p(x) Π κ(z_l | x_l) · exp(-m L(z) / 2σ²), normalized.
    private func posterior(
        _ measurement: ImageMeasurement, corruption: Double, deviation: Double
    ) -> [Double] {
        let weights = (0 ..< 9).map { z -> Double in
            let grid = TokenGrid(
                height: 1, width: 1, vocabulary: [3, 3], codes: [Int32(z / 3), Int32(z % 3)])
            let pixels = jointModel.decode(grid, height: 2, width: 2)
            let residual = measurement.forwardOperator.residual(
                of: pixels, given: measurement.values)
            let fit = exp(-12 * residual * residual / (2 * deviation * deviation))
            let mass = (0 ..< 9).reduce(0.0) { sum, x in
                let kernel = [(z / 3, x / 3), (z % 3, x % 3)].reduce(1.0) {
                    $0 * (($1.0 == $1.1 ? 1 - corruption : 0) + corruption / 3)
                }
                return sum + JointPredictor.joint[x] * kernel
            }
            return fit * mass
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
