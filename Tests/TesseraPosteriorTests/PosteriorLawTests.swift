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

    /// What is sampled of two pictures differs, though the prior is the same.
    @Test(arguments: RecoveryMethod.all.filter(\.asksMeasurement))
    func theMeasurementMattersToEverySampler(method: RecoveryMethod) {
        func grids(of codes: [Int32]) -> [TokenGrid] {
            let grid = TokenGrid(height: 1, width: 1, vocabulary: [3, 3], codes: codes)
            let whole = SuperResolution(factor: 1, height: 2, width: 2)
            let measurement = ImageMeasurement(
                of: whole, values: jointModel.decode(grid, height: 2, width: 2))
            return (0 ..< 100 as Range<UInt64>).compactMap { seed in
                var input = MethodInput(
                    filling: masked, using: jointModel, given: measurement,
                    initialEstimate: InitialEstimate(grid: grid), random: RandomSource(seed: seed))
                (input.stepCount, input.innerStepCount) = (2, 8)
                // The measurement alone is to tell the pictures apart.
                input.startsFromEstimate = false
                return method.steps(input).reduce(nil) { $1.grid }
            }
        }
        let dark = grids(of: [0, 0])
        let isDark = { (grid: TokenGrid) in grid.codes.reduce(0, +) < 2 }
        #expect(dark.count == 100)
        #expect(dark.count(where: isDark) > grids(of: [2, 2]).count(where: isDark) + 50)
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
