import TesseraInverse
import TesseraTensor
import Testing

/// Half-quadratic splitting: its proximal maps and where its steps lead.
@Suite struct SplittingTests {
    /// A denoiser for images whose pixels are normal around gray: the mean of each given what is seen.
    private struct GrayDenoiser: PixelDenoiser {
        func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
            let channels = pixels.shape[3]
            return pixels.withUnsafeBuffer { pixels in
                deviations.withUnsafeBuffer { deviations in
                    Tensor(shape: [1, deviations.count / 8, 8, channels]) { result in
                        for i in pixels.indices {
                            let deviation = deviations[i / channels]
                            result.initializeElement(
                                at: i, to: pixels[i] / (1 + deviation * deviation))
                        }
                    }
                }
            }
        }
    }

    /// Small operators that have a proximal map and are linear.
    static let operators: [any LinearOperator & RecoverableOperator] = [
        Denoising(height: 8, width: 8),
        Inpainting(
            mask: PixelMask(height: 8, width: 8, fraction: 0.5, random: RandomSource(seed: 3))),
        SuperResolution(factor: 2, height: 8, width: 8),
        Blur(kernel: .gaussian(side: 5, deviation: 1), height: 8, width: 8),
    ]

    @Test(arguments: operators.indices, [0.1, 1, 10])
    func proximalMapsSolveTheirEquation(number: Int, weight: Double) throws {
        let candidate = Self.operators[number]
        let z = noise(shape: candidate.imageShape, seed: 1)
        let y = candidate.apply(to: noise(shape: candidate.imageShape, seed: 2))
        let x = try #require(candidate.proximal(of: z, given: y, weight: weight))
        // The gradient of ‖A x - y‖² / 2 + weight ‖x - z‖² / 2, held against what it is at z.
        func gradient(_ x: Tensor<Float>) -> Double {
            let data = candidate.applyAdjoint(to: difference(candidate.apply(to: x), y))
            let sum = zip(data.elements, difference(x, z).elements)
                .map { Double($0) + weight * Double($1) }
            return sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        #expect(gradient(x) < 0.02 * gradient(z))
    }

    @Test func jpegsStayInTheirSteps() throws {
        let jpeg = JPEGCompression(quality: 30, height: 16, width: 16)
        // Faint enough that nothing is clamped.
        func faint(_ seed: UInt64) -> Tensor<Float> {
            let pixels = noise(shape: jpeg.imageShape, seed: seed)
            return Tensor(shape: pixels.shape, elements: pixels.elements.map { 0.1 * $0 })
        }
        let stored = jpeg.apply(to: faint(1))
        let x = try #require(jpeg.proximal(of: faint(2), given: stored, weight: 1))
        let again = jpeg.projectOntoMeasurement(x, measurement: stored)
        #expect(difference(x, again).elements.allSatisfy { $0.magnitude < 1e-5 })
        #expect(difference(x, faint(2)).elements.contains { $0.magnitude > 0.01 })
    }

    @Test func manySmallStepsFindTheMostProbableImage() {
        // y = x + noise of 0.5, x normal: the most probable x is y / (1 + 0.25).
        let operation = Denoising(height: 8, width: 8)
        let y = noise(shape: operation.imageShape, seed: 1)
        let plan = HalfQuadraticSplitting(stepCount: 200, from: 0.5, to: 0.05, weight: 1)
        var last = y
        for image in plan.steps(
            from: y, explaining: y, by: operation, noise: 0.5, denoiser: GrayDenoiser())
        { last = image }
        let error = zip(last.elements, y.elements).map { ($0 - $1 / 1.25).magnitude }.max() ?? 1
        #expect(error < 0.02)
    }

    @Test func stepsEndWhereTheirPlanSays() {
        let operation = Denoising(height: 8, width: 8)
        let y = noise(shape: operation.imageShape, seed: 1)
        let plan = HalfQuadraticSplitting(stepCount: 3, from: 0.4, to: 0.1, weight: 1)
        let steps = plan.steps(
            from: y, explaining: y, by: operation, noise: 0.1, denoiser: GrayDenoiser())
        #expect(Array(steps).count == 3)
    }

    private func difference(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Tensor<Float> {
        Tensor(shape: a.shape, elements: zip(a.elements, b.elements).map { $0 - $1 })
    }
}

/// The eight ways to turn an image, and back.
@Suite struct TurningTests {
    @Test(arguments: 0 ..< 8)
    func turningBackUndoesTurning(way: Int) {
        let image = noise(shape: [1, 3, 5, 2], seed: 1)
        let turned = image.turned(way)
        #expect(turned.shape == (way < 4 ? [1, 3, 5, 2] : [1, 5, 3, 2]))
        #expect(turned.turnedBack(way).elements == image.elements)
    }

    @Test func theEightWaysDiffer() {
        let image = noise(shape: [1, 4, 4, 3], seed: 1)
        #expect(Set((0 ..< 8).map { image.turned($0).elements }).count == 8)
    }
}
