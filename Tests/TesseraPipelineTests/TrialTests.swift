import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct TrialTests {
    /// A degradation with a kernel that a small picture can hold.
    static func small(_ named: Degradation) -> Degradation {
        var degradation = named
        degradation.parameters.kernel = .gaussian(side: 5, deviation: 1)
        return degradation
    }

    @Test(arguments: Degradation.all)
    func aDegradationLosesWhatItSays(_ degradation: Degradation) throws {
        let image = noisePicture(width: 103, height: 97)
        let measured = Self.small(degradation).measure(image, random: RandomSource(seed: 1))
        let factor = degradation.factor ?? 1
        #expect(measured.original.width == 103 / factor * factor)
        #expect(measured.values.shape == measured.forwardOperator.measurementShape)
        #expect((measured.hole != nil) == degradation.hasMask)
        switch degradation {
        case .inpaintBox: #expect(measured.hole?.holeCount == 64 * 64)
        // 70 % of 103 · 97, rounded.
        case .inpaintRandom: #expect(measured.hole?.holeCount == 6994)
        // 5 % of it, rounded.
        case .inpaintScratches: #expect(measured.hole?.holeCount == 500)
        case .denoise: #expect(measured.values.elements == image.pixels.elements)
        case .colorize: #expect(measured.picture.colour == .gray)
        default: #expect(measured.values.elements != image.pixels.elements)
        }
        if degradation.givesPicture {
            #expect(measured.picture.width == 103 / factor)
            #expect(measured.picture.height == 97 / factor)
        }
    }

    @Test func noiseIsThatOfTheSeedAndTheItem() {
        var degradation = Degradation.denoise
        degradation.parameters.noise = .gaussian(deviation: 0.1)
        let image = blockPicture(width: 16, height: 16)
        func values(_ seed: UInt64, _ key: UInt64) -> [Float] {
            degradation.measure(image, random: RandomSource(seed: seed, key: key)).values.elements
        }
        #expect(values(1, 2) == values(1, 2))
        #expect(values(1, 2) != values(1, 3))
        #expect(values(1, 2) != values(2, 2))
    }

    @Test func aMaskAndItsPictureSayTheSame() throws {
        let measured = Degradation.inpaintRandom.measure(
            noisePicture(width: 30, height: 20), random: RandomSource(seed: 2))
        let mask = try #require(measured.hole)
        #expect(PixelMask(mask.picture) == mask)
    }

    static let pairs = Degradation.all.flatMap { degradation in
        TrialMethod.all.filter { $0.applies(to: degradation) }.map { (degradation, $0) }
    }

    @Test(arguments: pairs)
    func everyMethodRecoversAPictureOfTheSameSize(degradation: Degradation, method: TrialMethod) {
        var options = RecoveryOptions()
        options.stepCount = 2
        options.innerStepCount = 2
        if method.needsDenoiser { options.denoiser = HalfwayDenoiser() }
        // A box needs room; everything else is quicker on little.
        let (width, height) = degradation == .inpaintBox ? (80, 72) : (24, 16)
        let image = blockPicture(width: width, height: height)
        let trial = Trial(
            degradation: Self.small(degradation), method: method, options: options)
        let outcome = trial.run(on: image, with: method.needsModel ? blockModel : nil).result()
        #expect(outcome.recovered.image.width == width)
        #expect(outcome.recovered.image.height == height)
        #expect(outcome.comparison.psnr > 5)
        #expect((outcome.comparison.holePSNR != nil) == degradation.hasMask)
        #expect((outcome.tokenizerPSNR != nil) == method.needsModel)
        // Known pixels stay as they are where nothing is said of noise.
        #expect((outcome.changeOutside ?? 0) == 0)
    }

    @Test func theOracleOfWhatTokensSayExactlyIsThePicture() {
        let trial = Trial(
            degradation: .inpaintBox, method: .baseline(.oracle), options: RecoveryOptions())
        let outcome = trial.run(on: blockPicture(width: 80, height: 80), with: blockModel)
            .result()
        #expect(outcome.comparison.psnr > 50)
        // The levels of the test picture are those of the tokenizer, rounded to 8 bits.
        #expect(outcome.recovered.residual < 0.005)
    }
}
