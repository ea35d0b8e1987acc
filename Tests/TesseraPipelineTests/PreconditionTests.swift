import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct PreconditionTests {
    /// What a caller can get wrong.
    enum Fault: String, CaseIterable, Codable {
        case maskOfAnotherSize, restoringAHole, methodThatCannot, unequalPictures, tooLargeAtOnce
        case modelWithoutPrior

        var sentence: String {
            switch self {
            case .maskOfAnotherSize:
                "A mask of 8 x 9 pixels does not fit a picture of 16 x 16"
            case .restoringAHole: "'inpaint-box' leaves no picture that says all"
            case .methodThatCannot: "The method 'bicubic' cannot undo 'pool4'"
            case .unequalPictures: "Pictures of 16 x 16 and 8 x 16 pixels cannot be compared"
            case .tooLargeAtOnce: "A picture of 328 x 8 pixels is too large for it"
            case .modelWithoutPrior:
                "The model 'bare' was loaded without the prior that a job needs"
            }
        }

        func commit() {
            let image = blockPicture(width: 16, height: 16)
            switch self {
            case .maskOfAnotherSize:
                let mask = PixelMask(height: 9, width: 8, rows: 2 ..< 4, columns: 2 ..< 4)
                _ = blockModel.inpaint(image, hole: mask)
            case .restoringAHole: _ = blockModel.restore(image, from: .inpaintBox)
            case .methodThatCannot:
                _ = Trial(
                    degradation: .pool4, method: .baseline(.bicubic), options: RecoveryOptions())
            case .unequalPictures:
                _ = PictureComparison(image, with: blockPicture(width: 8, height: 16))
            case .tooLargeAtOnce:
                let sensing = CompressedSensing(
                    height: 8, width: 328, fraction: 0.25, random: RandomSource(seed: 1))
                _ = blockModel.recover(
                    Tensor(shape: sensing.measurementShape, repeating: 0), measuredBy: sensing,
                    like: image
                ).result()
            case .modelWithoutPrior:
                _ = Model(name: "bare", tokenizer: BlockTokenizer())
                    .restore(image, from: .denoise, noise: 0).result()
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func aFaultStopsWithASentence(_ fault: Fault) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [fault] in
            fault.commit()
        }
        expectSentence(fault.sentence, of: result)
    }
}
