import TesseraInverse
import TesseraTensor
import Testing

@Suite struct MetricTests {
    @Test func similarityIsThatOfScikitImage() throws {
        let fixture = try PictureFixture.load()
        let (picture, other) = (fixture.picture(fixture.pixels), fixture.picture(fixture.other))
        let similarity = try #require(structuralSimilarity(of: other, comparedTo: picture))
        #expect(abs(similarity - fixture.structuralSimilarity) < 1e-9)
    }

    @Test func aPictureEqualsItself() {
        let picture = Tensor<Float>(shape: [1, 11, 12, 3], repeating: 0.3)
        #expect(structuralSimilarity(of: picture, comparedTo: picture) == 1)
    }

    @Test func aPictureSmallerThanTheWindowHasNoSimilarity() {
        let small = Tensor<Float>(shape: [1, 10, 40, 3], repeating: 0)
        #expect(structuralSimilarity(of: small, comparedTo: small) == nil)
    }

    @Test func residualIsInUnitsOfPixels() {
        let forwardOperator = SuperResolution(factor: 2, height: 8, width: 8)
        let picture = Tensor<Float>(shape: forwardOperator.imageShape, repeating: 0.5)
        let measurement = Tensor<Float>(shape: forwardOperator.measurementShape, repeating: 0.25)
        #expect(abs(forwardOperator.residual(of: picture, given: measurement) - 0.25) < 1e-6)
    }
}
