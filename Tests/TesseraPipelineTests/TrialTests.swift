import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing

@Suite struct TrialTests {
    @Test(arguments: Damage.allCases)
    func aDamageLosesWhatItSays(_ damage: Damage) throws {
        let image = noisePicture(width: 103, height: 97)
        let (damaged, original, mask) = damage.apply(to: image, random: RandomSource(seed: 1))
        switch damage {
        case .inpaintBox:
            #expect(try #require(mask).holeCount == 64 * 64)
        case .inpaintRandom:
            #expect(try #require(mask).holeCount == 6994)  // 70 % of 103 · 97, rounded.
        case .sr2, .sr4:
            let factor = try #require(damage.factor)
            #expect(mask == nil)
            #expect(original.width == 103 / factor * factor)
            #expect(damaged.width == 103 / factor && damaged.height == 97 / factor)
        }
    }

    @Test func aMaskAndItsPictureSayTheSame() throws {
        let mask = try #require(
            Damage.inpaintRandom.mask(height: 20, width: 30, random: RandomSource(seed: 2)))
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
        let image = blockPicture(width: 80, height: 72)
        let trial = Trial(damage: damage, method: method, options: options)
        let (comparison, recovered) = trial.run(
            on: image, with: method.needsModel ? blockModel : nil)
        #expect(recovered.image.width == 80 && recovered.image.height == 72)
        #expect(comparison.psnr > 5)
        #expect((comparison.holePSNR != nil) == (damage.factor == nil))
    }

    @Test func theCeilingOfWhatTokensSayExactlyIsThePicture() {
        let trial = Trial(damage: .inpaintBox, method: .ceiling, options: RecoveryOptions())
        let (comparison, recovered) = trial.run(
            on: blockPicture(width: 80, height: 80), with: blockModel)
        #expect(comparison.psnr > 50)
        // The levels of the test picture are those of the tokenizer, rounded to 8 bits.
        #expect(recovered.residual < 0.005)
    }
}
