import TesseraInverse
import TesseraPosterior
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing

@Suite struct AnchoredPosteriorSamplerTests {
    let model = linearModel()
    let truth = randomGrid(height: 3, width: 4, vocabulary: [9, 5], seed: 1)

    var masked: TokenGrid { TokenGrid(maskedHeight: 3, width: 4, vocabulary: [9, 5]) }

    /// A picture of which nothing is missing.
    var fullMeasurement: Measurement {
        let nothing = PixelMask(height: 6, width: 8, rows: 0 ..< 0, columns: 0 ..< 0)
        let whole = Inpainting(mask: nothing)
        return Measurement(of: whole, values: model.decode(truth, height: 6, width: 8))
    }

    func configuration(
        _ change: (inout PosteriorConfiguration) -> Void = { _ in }
    ) -> PosteriorConfiguration {
        var configuration = PosteriorConfiguration()
        configuration.stepCount = 6
        configuration.innerStepCount = 40
        change(&configuration)
        return configuration
    }

    @Test(arguments: [
        "published", "warm", "gated", "near the prior", "absolute", "falling rate",
    ])
    func findsTheCodesOfAFullMeasurement(variant: String) {
        let configuration = configuration {
            switch variant {
            case "published": $0.warmStart = 0
            case "gated": $0.usesEntropyGate = true
            case "near the prior": $0.priorWeight = 1e-4
            case "absolute": $0.loss = .absolute
            case "falling rate": $0.learningRateDecades = 1
            default: break
            }
        }
        let grid = AnchoredPosteriorSampler(
            filling: masked, using: model, given: fullMeasurement, configuration: configuration
        ).filled()
        #expect(grid == truth)
    }
}
