import TesseraInverse
import TesseraPosterior
import TesseraTensor
import Testing

@Suite struct MeasurementLossTests {
    @Test(arguments: [
        MeasurementLoss.squared, .init(squaredWeight: 0, absoluteWeight: 1),
        .init(squaredWeight: 0.5, absoluteWeight: 2),
    ])
    func theGradientIsThatOfFiniteDifferences(loss: MeasurementLoss) {
        let map = SuperResolution(factor: 2, height: 6, width: 5)
        let random = RandomSource(seed: 4)
        func noise(_ count: Int, step: Int) -> [Float] {
            (0 ..< count).map { random.normal(step: step, position: $0) }
        }
        let measurement = ImageMeasurement(
            of: map, values: Tensor(shape: map.measurementShape, elements: noise(27, step: 1)))
        let pixels = Tensor(shape: map.imageShape, elements: noise(90, step: 2))
        let direction = noise(90, step: 3)
        let (_, gradient) = loss.valueWithGradient(of: pixels, given: measurement)
        func value(_ step: Float) -> Double {
            let moved = zip(pixels.elements, direction).map { $0 + step * $1 }
            return loss.valueWithGradient(
                of: Tensor(shape: map.imageShape, elements: moved), given: measurement
            ).value
        }
        let slope = (value(1e-3) - value(-1e-3)) / 2e-3
        let predicted = zip(gradient.elements, direction).reduce(0) { $0 + Double($1.0 * $1.1) }
        // Rounding of values near 1, divided by the step.
        #expect(abs(slope - predicted) < 1e-3)
    }

    @Test func lossesAreMeans() {
        let map = SuperResolution(factor: 1, height: 2, width: 2)
        let measurement = ImageMeasurement(
            of: map, values: Tensor(shape: map.measurementShape, repeating: 0.5))
        let pixels = Tensor<Float>(shape: map.imageShape, repeating: 0)
        func value(_ loss: MeasurementLoss) -> Double {
            loss.valueWithGradient(of: pixels, given: measurement).value
        }
        #expect(abs(value(.squared) - 0.25) < 1e-6)
        #expect(abs(value(MeasurementLoss(squaredWeight: 0, absoluteWeight: 1)) - 0.5) < 1e-6)
    }
}
