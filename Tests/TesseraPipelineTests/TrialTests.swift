import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct TrialTests {
    /// A damage with a kernel that a small picture can hold.
    static func degradation(_ damage: Damage) -> Degradation {
        var degradation = Degradation(damage)
        degradation.kernel = .gaussian(side: 5, deviation: 1)
        return degradation
    }

    @Test(arguments: Damage.allCases)
    func aDamageLosesWhatItSays(_ damage: Damage) throws {
        let image = noisePicture(width: 103, height: 97)
        let measured = Self.degradation(damage).measure(image, random: RandomSource(seed: 1))
        let factor = damage.factor ?? 1
        #expect(measured.original.width == 103 / factor * factor)
        #expect(measured.values.shape == measured.map.measurementShape)
        #expect((measured.hole != nil) == damage.hasMask)
        switch damage {
        case .inpaintBox: #expect(measured.hole?.holeCount == 64 * 64)
        // 70 % of 103 · 97, rounded.
        case .inpaintRandom: #expect(measured.hole?.holeCount == 6994)
        case .denoise: #expect(measured.values.elements == image.pixels.elements)
        case .colorize: #expect(measured.picture.colour == .gray)
        default: #expect(measured.values.elements != image.pixels.elements)
        }
        if damage.givesPicture {
            #expect(measured.picture.width == 103 / factor)
            #expect(measured.picture.height == 97 / factor)
        }
    }

    @Test func noiseIsThatOfTheSeedAndTheItem() {
        var degradation = Degradation(.denoise)
        degradation.noise = .gaussian(deviation: 0.1)
        let image = blockPicture(width: 16, height: 16)
        func values(_ seed: UInt64, _ key: UInt64) -> [Float] {
            degradation.measure(image, random: RandomSource(seed: seed, key: key)).values.elements
        }
        #expect(values(1, 2) == values(1, 2))
        #expect(values(1, 2) != values(1, 3))
        #expect(values(1, 2) != values(2, 2))
    }

    @Test func aMaskAndItsPictureSayTheSame() throws {
        let measured = Degradation(.inpaintRandom).measure(
            noisePicture(width: 30, height: 20), random: RandomSource(seed: 2))
        let mask = try #require(measured.hole)
        #expect(PixelMask(mask.picture) == mask)
    }

    static let pairs = Damage.allCases.flatMap { damage in
        Trial.Method.allCases.filter { $0.applies(to: damage) }.map { (damage, $0) }
    }

    @Test(arguments: pairs)
    func everyMethodRecoversAPictureOfTheSameSize(damage: Damage, method: Trial.Method) {
        var options = RecoveryOptions()
        options.stepCount = 2
        options.innerStepCount = 2
        // A box needs room; everything else is quicker on little.
        let (width, height) = damage == .inpaintBox ? (80, 72) : (24, 16)
        let image = blockPicture(width: width, height: height)
        let trial = Trial(
            degradation: Self.degradation(damage), method: method, options: options)
        let outcome = trial.run(on: image, with: method.needsModel ? blockModel : nil)
        #expect(outcome.recovered.image.width == width)
        #expect(outcome.recovered.image.height == height)
        #expect(outcome.comparison.psnr > 5)
        #expect((outcome.comparison.holePSNR != nil) == damage.hasMask)
        #expect((outcome.tokenizerPSNR != nil) == method.needsModel)
        // Known pixels stay as they are where nothing is said of noise.
        #expect((outcome.changeOutside ?? 0) == 0)
    }

    @Test func theCeilingOfWhatTokensSayExactlyIsThePicture() {
        let trial = Trial(
            degradation: Degradation(.inpaintBox), method: .ceiling, options: RecoveryOptions())
        let outcome = trial.run(on: blockPicture(width: 80, height: 80), with: blockModel)
        #expect(outcome.comparison.psnr > 50)
        // The levels of the test picture are those of the tokenizer, rounded to 8 bits.
        #expect(outcome.recovered.residual < 0.005)
    }
}
