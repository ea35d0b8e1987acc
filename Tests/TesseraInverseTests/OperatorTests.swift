import TesseraInverse
import TesseraTensor
import Testing

@Suite struct OperatorTests {
    /// Six digits in the file, and rounding of sums of some hundred products.
    static let tolerance: Float = 1e-5

    /// What the fixture says, and what is to give the same.
    static func cases(_ fixture: OperatorFixture) -> [(
        name: String, forwardOperator: any ForwardOperator
    )] {
        let (height, width) = (fixture.height, fixture.width)
        let motion = BlurKernel(height: 5, width: 7, weights: fixture.motionKernel)
        return [
            (
                "gaussianBlur",
                Blur(
                    kernel: .gaussian(side: 61, deviation: 3), height: height, width: width)
            ),
            ("motionBlur", Blur(kernel: motion, height: height, width: width)),
            ("nonlinearBlur", NonlinearBlur(kernel: motion, height: height, width: width)),
            ("averagePooling4", AveragePooling(factor: 4, height: height, width: width)),
            ("toneClipping", ToneClipping(height: height, width: width)),
            (
                "jpeg30",
                JPEGCompression(quality: 30, subsampling: .none, height: height, width: width)
            ),
            ("jpeg75Half", JPEGCompression(quality: 75, height: height, width: width)),
            ("luma", Colorization(height: height, width: width)),
            ("mean", Colorization(gray: .mean, height: height, width: width)),
            ("phaseRetrieval", PhaseRetrieval(height: height, width: width)),
        ]
    }

    @Test func givesWhatTheReferencesGive() throws {
        let fixture = try OperatorFixture.load()
        for (name, forwardOperator) in Self.cases(fixture) {
            let values = forwardOperator.apply(to: fixture.picture)
            let expected = try #require(fixture.results[name])
            #expect(values.shape == forwardOperator.measurementShape)
            try #require(values.count == expected.count, "\(name)")
            let worst = zip(values.elements, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < Self.tolerance, "\(name) is off by \(worst)")
        }
    }

    @Test func theGaussianEndsAtFourDeviations() throws {
        let kernel = BlurKernel.gaussian(side: 61, deviation: 3)
        #expect(kernel.reach == 12)
        #expect(kernel.weights.count { $0 != 0 } == 25 * 25)
        let line = (0 ..< 61).map { x in
            stride(from: x, to: 61 * 61, by: 61).reduce(Float(0)) { $0 + kernel.weights[$1] }
        }
        for (weight, expected) in zip(line, try OperatorFixture.load().gaussianLine) {
            #expect(abs(weight - expected) < 1e-6)
        }
    }

    @Test func aJPEGIsNearWhatACodecGives() throws {
        let fixture = try OperatorFixture.load()
        let values = JPEGCompression(
            quality: 30, subsampling: .none, height: fixture.height, width: fixture.width
        ).apply(to: fixture.picture).elements
        let codec = try #require(fixture.results["codec30"])
        let error = zip(values, codec).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(values.count)
        // A codec also rounds components and pixels to levels, of 1 / 127.5 each.
        #expect(error < 1 / 127.5)
    }

    /// Operators that are smooth where they are tested, far enough from their kinks.
    static let smooth: [any ForwardOperator] = [
        NonlinearBlur(
            kernel: BlurKernel(height: 3, width: 5, weights: (1 ... 15).map { Float($0) }),
            height: 9, width: 7),
        ToneClipping(gain: 2, height: 6, width: 5),
        PhaseRetrieval(height: 8, width: 7),
        PhaseRetrieval(oversampling: 4, mapsToUnitRange: false, height: 7, width: 12),
        CroppedOperator(
            NonlinearBlur(
                kernel: BlurKernel(height: 3, width: 3, weights: (1 ... 9).map { Float($0) }),
                height: 9, width: 7), rows: 2 ..< 8, columns: 0 ..< 5),
    ]

    @Test(arguments: smooth.indices)
    func thePullbackIsTheDerivative(number: Int) {
        checkDerivative(of: Self.smooth[number])
    }

    @Test(arguments: JPEGCompression.Subsampling.allCases)
    func aJPEGOfTheHighestQualityHasTheDerivativeThatIsPassed(
        subsampling: JPEGCompression.Subsampling
    ) {
        // With steps of one level rounding is small beside a change of half the range, so the
        // straight-through gradient is that of the linear map below it.
        let forwardOperator = JPEGCompression(
            quality: 100, subsampling: subsampling, height: 13, width: 10)
        let x = noise(shape: forwardOperator.imageShape, seed: 1).mapping {
            max(min(0.2 * $0, 0.4), -0.4)
        }
        let direction = noise(shape: forwardOperator.imageShape, seed: 2).mapping {
            max(min(0.1 * $0, 0.2), -0.2)
        }
        let y = noise(shape: forwardOperator.measurementShape, seed: 3)
        let change =
            dot(forwardOperator.apply(to: x.moved(along: direction, by: 1)), y)
            - dot(forwardOperator.apply(to: x.moved(along: direction, by: -1)), y)
        let gradient = forwardOperator.pullback(of: y, at: x)
        // Rounding moves each coefficient by at most half a level.
        let allowed = 2 / 127.5 * dot(y, y).squareRoot() * 20
        #expect(abs(2 * dot(gradient, direction) - change) < allowed)
    }

    @Test func aJPEGExplainsItself() {
        let forwardOperator = JPEGCompression(quality: 20, height: 32, width: 16)
        // Faint enough for nothing to be clamped.
        let x = noise(shape: forwardOperator.imageShape, seed: 4).mapping {
            max(min(0.15 * $0, 0.3), -0.3)
        }
        let y = forwardOperator.apply(to: x)
        #expect(forwardOperator.residual(of: y, given: y) < 1e-5)
        // The true picture lies in the measured steps already; another one is moved into them.
        let moved = forwardOperator.projectOntoMeasurement(x, measurement: y)
        #expect(zip(moved.elements, x.elements).allSatisfy { abs($0 - $1) < 1e-5 })
        let gray = Tensor<Float>(shape: forwardOperator.imageShape, repeating: 0)
        let nearer = forwardOperator.projectOntoMeasurement(gray, measurement: y)
        #expect(dot(nearer, x) > 0)
        #expect(
            forwardOperator.residual(of: nearer, given: y)
                < forwardOperator.residual(of: gray, given: y))
    }

    @Test func aNonlinearBlurOfOnePointAndFaintLightChangesNothing() {
        let forwardOperator = NonlinearBlur(
            kernel: BlurKernel(height: 1, width: 1, weights: [1]), exposure: 1e-3, height: 6,
            width: 5)
        let x = noise(shape: forwardOperator.imageShape, seed: 8).mapping {
            max(min(0.4 * $0, 1), -1)
        }
        // The exposure's curve departs from a line by e / 8 at most, times the tone curve's slope.
        #expect(
            zip(forwardOperator.apply(to: x).elements, x.elements).allSatisfy {
                abs($0 - $1) < 5e-3
            })
    }

    @Test func compressedSensingOfAllCoefficientsLosesNothing() {
        let forwardOperator = CompressedSensing(
            height: 33, width: 40, fraction: 1, random: RandomSource(seed: 1))
        let x = noise(shape: forwardOperator.imageShape, seed: 9)
        let back = forwardOperator.applyAdjoint(to: forwardOperator.apply(to: x))
        #expect(zip(back.elements, x.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func aPictureTurnedByHalfHasTheSameMagnitudes() {
        let forwardOperator = PhaseRetrieval(height: 10, width: 12)
        let x = noise(shape: forwardOperator.imageShape, seed: 10)
        let pixels = x.elements
        let turned = Tensor<Float>(
            shape: x.shape,
            elements: (0 ..< 120).reversed().flatMap { pixels[3 * $0 ..< 3 * $0 + 3] })
        let (one, other) = (
            forwardOperator.apply(to: x).elements, forwardOperator.apply(to: turned).elements
        )
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}

/// Checks that the pullback is the transposed derivative, by central differences.
func checkDerivative(
    of candidate: some ForwardOperator, sourceLocation: SourceLocation = #_sourceLocation
) {
    // Inside the range, and in clipping's case off the kinks at ±1/2.
    let x = noise(shape: candidate.imageShape, seed: 5).mapping {
        let value = max(min(0.4 * $0, 0.9), -0.9)
        return abs(abs(value) - 0.5) < 0.02 ? 0.45 : value
    }
    let direction = noise(shape: candidate.imageShape, seed: 6)
    let y = noise(shape: candidate.measurementShape, seed: 7)
    let step: Float = 1e-3
    let forward = candidate.apply(to: x.moved(along: direction, by: step))
    let backward = candidate.apply(to: x.moved(along: direction, by: -step))
    let slope = (dot(forward, y) - dot(backward, y)) / Double(2 * step)
    let gradient = candidate.pullback(of: y, at: x)
    #expect(gradient.shape == candidate.imageShape, sourceLocation: sourceLocation)
    let scale = (dot(gradient, gradient) * dot(direction, direction)).squareRoot()
    // Rounding of values near 1 over the step: 1e-7 / 1e-3, summed over the measurement.
    #expect(
        abs(dot(gradient, direction) - slope) < 3e-3 * scale, "\(candidate)",
        sourceLocation: sourceLocation)
}

extension Tensor<Float> {
    fileprivate func mapping(_ transform: (Float) -> Float) -> Tensor {
        Tensor(shape: shape, elements: elements.map(transform))
    }

    fileprivate func moved(along direction: Tensor, by step: Float) -> Tensor {
        Tensor(
            shape: shape, elements: zip(elements, direction.elements).map { $0 + step * $1 })
    }
}
