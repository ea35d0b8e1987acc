import TesseraInverse
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct PreconditionTests {
    /// What a caller can get wrong.
    enum Fault: String, CaseIterable, Codable {
        case evenKernel, kernelOfNoSum, enlargingReduction, sensingOfNothing, pixelsOfAnotherSize
        case measurementOfAnotherSize, darkGain

        var sentence: String {
            switch self {
            case .evenKernel: "A kernel of 2 x 1 has a middle and got 2 weights"
            case .kernelOfNoSum: "A kernel's weights have a positive sum, not 0.0"
            case .enlargingReduction: "A picture is reduced by a factor of 1 or more, not 0"
            case .sensingOfNothing: "A part lies in (0, 1], not at 0.0"
            case .pixelsOfAnotherSize: "A blur of [1, 4, 4, 3] got pixels of [1, 4, 5, 3]"
            case .measurementOfAnotherSize:
                "A gray picture of [1, 4, 4, 1] was expected, not [1, 4, 4, 3]"
            case .darkGain: "A gain is above 0, but got 0.0"
            }
        }

        func commit() {
            switch self {
            case .evenKernel: _ = BlurKernel(height: 2, width: 1, weights: [1, 1])
            case .kernelOfNoSum: _ = BlurKernel(height: 1, width: 3, weights: [1, 0, -1])
            case .enlargingReduction: _ = SuperResolution(factor: 0, height: 4, width: 4)
            case .sensingOfNothing:
                _ = CompressedSensing(
                    height: 4, width: 4, fraction: 0, random: RandomSource(seed: 1))
            case .pixelsOfAnotherSize:
                _ = Blur(kernel: .gaussian(side: 3, deviation: 1), height: 4, width: 4)
                    .apply(to: Tensor(shape: [1, 4, 5, 3], repeating: 0))
            case .measurementOfAnotherSize:
                _ = Colorization(height: 4, width: 4)
                    .applyAdjoint(to: Tensor(shape: [1, 4, 4, 3], repeating: 0))
            case .darkGain: _ = ToneClipping(gain: 0, height: 4, width: 4)
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
