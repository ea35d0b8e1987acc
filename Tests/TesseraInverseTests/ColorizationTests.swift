import TesseraInverse
import TesseraTensor
import Testing

@Suite struct ColorizationTests {
    let height = 20
    let width = 23

    func gray(seed: UInt64, reach: Float) -> Tensor<Float> {
        let random = RandomSource(seed: seed)
        return Tensor(
            shape: [1, height, width, 1],
            elements: (0 ..< height * width).map {
                (2 * random.uniform(step: 0, position: $0) - 1) * reach
            })
    }

    @Test func lightnessThatIsMissingMakesNoColour() {
        let forwardOperator = Colorization(height: height, width: width)
        let wanted = gray(seed: 1, reach: 0.8)
        let result = forwardOperator.dataConsistent(
            forwardOperator.picture(of: gray(seed: 2, reach: 0.8)), with: wanted, noise: 0
        ).elements
        // Blurred zeros and sums of the three weights: some rounding errors of numbers up to 1.
        for i in stride(from: 0, to: result.count, by: 3) {
            #expect(abs(result[i] - result[i + 1]) < 1e-6)
            #expect(abs(result[i] - result[i + 2]) < 1e-6)
        }
    }

    @Test func aColourThatIsTheSameEverywhereStays() {
        let forwardOperator = Colorization(height: height, width: width)
        let wanted = gray(seed: 3, reach: 0.5)
        // Without luma: 0.299 · 0.2 + 0.587 · -0.1 + 0.114 · b = 0.
        let colour: [Float] = [0.2, -0.1, (0.0587 - 0.0598) / 0.114]
        let sampled = gray(seed: 4, reach: 0.5).elements.flatMap { light in
            colour.map { light + $0 }
        }
        let result = forwardOperator.dataConsistent(
            Tensor(shape: forwardOperator.imageShape, elements: sampled), with: wanted, noise: 0)
        // The inversion explains the measurement within a thousandth of the noise it assumes.
        for (i, value) in result.elements.enumerated() {
            #expect(abs(value - wanted.elements[i / 3] - colour[i % 3]) < 5e-3)
        }
        #expect(forwardOperator.residual(of: result, given: wanted) < 2e-3)
    }
}
