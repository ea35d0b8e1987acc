import TesseraInverse
import TesseraTensor
import Testing

/// What every degradation's operator obeys.
@Suite struct DegradationTests {
    /// A degradation that a small picture can hold.
    static func small(_ named: Degradation) -> Degradation {
        var degradation = named
        degradation.parameters.kernel = BlurKernel(
            height: 3, width: 5, weights: (1 ... 15).map { Float($0) })
        degradation.parameters.boxSide = 6
        return degradation
    }

    static func forwardOperator(of degradation: Degradation) -> any RecoverableOperator {
        small(degradation).forwardOperator(
            height: 16, width: 24, random: RandomSource(seed: 1, key: 2))
    }

    @Test(arguments: Degradation.all)
    func theGradientIsRight(_ degradation: Degradation) {
        let forwardOperator = Self.forwardOperator(of: degradation)
        switch forwardOperator {
        case let linear as any LinearOperator: checkAdjoint(of: linear, seed: 3)
        // Rounding has no derivative; `OperatorTests` hold the gradient that is passed instead.
        case is JPEGCompression: break
        default: checkDerivative(of: forwardOperator)
        }
    }

    @Test(arguments: Degradation.all)
    func theOperatorIsWhatTheDegradationSays(_ degradation: Degradation) {
        let forwardOperator = Self.forwardOperator(of: degradation)
        #expect(forwardOperator.imageShape == [1, 16, 24, 3])
        #expect((forwardOperator.hole != nil) == degradation.hasMask)
        let measurement = forwardOperator.apply(
            to: noise(shape: forwardOperator.imageShape, seed: 4))
        let picture = forwardOperator.picture(of: measurement)
        #expect(picture.shape.count == 4 && picture.shape[0] == 1 && picture.shape[3] == 3)
        if degradation.givesPicture {
            let factor = degradation.factor ?? 1
            #expect(picture.shape == [1, 16 / factor, 24 / factor, 3])
            let shown = forwardOperator.measurement(shownBy: picture)
            #expect(shown.shape == forwardOperator.measurementShape)
            // Weights of a gray picture's three equal channels sum to 1 within rounding.
            let worst = zip(shown.elements, measurement.elements).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-6)
        }
    }

    @Test(arguments: Degradation.all)
    func theSameSeedMakesTheSameOperator(_ degradation: Degradation) {
        let forwardOperator = Self.forwardOperator(of: degradation)
        let x = noise(shape: forwardOperator.imageShape, seed: 5)
        let again = Self.forwardOperator(of: degradation)
        #expect(forwardOperator.apply(to: x).elements == again.apply(to: x).elements)
    }

    @Test(arguments: Degradation.all)
    func onlyAcceptedParametersAreRead(_ degradation: Degradation) {
        let x = noise(shape: [1, 16, 24, 3], seed: 6)
        let plain = Self.forwardOperator(of: degradation).apply(to: x).elements
        func values(_ change: (inout DegradationParameters) -> Void) -> [Float] {
            var changed = Self.small(degradation)
            change(&changed.parameters)
            return changed.forwardOperator(
                height: 16, width: 24, random: RandomSource(seed: 1, key: 2)
            ).apply(to: x).elements
        }
        let kernel = values { $0.kernel = .gaussian(side: 5, deviation: 1) }
        #expect((kernel != plain) == degradation.accepted.contains(.kernel))
        #expect((values { $0.quality = 90 } != plain) == degradation.accepted.contains(.quality))
        #expect((values { $0.boxSide = 4 } != plain) == degradation.accepted.contains(.boxSide))
        #expect(
            (values { $0.boxPlace = .random } != plain) == degradation.accepted.contains(.boxPlace))
        #expect((values { $0.missing = 0.9 } != plain) == degradation.accepted.contains(.missing))
    }
}
