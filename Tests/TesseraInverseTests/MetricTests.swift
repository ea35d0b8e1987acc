import TesseraInverse
import TesseraTensor
import Testing

@Suite struct MetricTests {
    @Test func similarityAndRatioAreThoseOfScikitImage() throws {
        let fixture = try PictureFixture.load()
        let (picture, other) = (fixture.picture(fixture.pixels), fixture.picture(fixture.other))
        let similarity = try #require(structuralSimilarity(of: other, comparedTo: picture))
        #expect(abs(similarity - fixture.structuralSimilarity) < 1e-9)
        let ratio = peakSignalToNoiseRatio(of: other, comparedTo: picture)
        #expect(abs(ratio - fixture.peakSignalToNoiseRatio) < 1e-9)
    }

    @Test func aPictureEqualsItself() {
        let picture = Tensor<Float>(shape: [1, 11, 12, 3], repeating: 0.3)
        #expect(structuralSimilarity(of: picture, comparedTo: picture) == 1)
        #expect(peakSignalToNoiseRatio(of: picture, comparedTo: picture) == .infinity)
    }

    @Test func pixelsAreRoundedAsInAFile() {
        let black = Tensor<Float>(shape: [1, 1, 1, 3], repeating: -1)
        let nearlyBlack = Tensor<Float>(shape: [1, 1, 1, 3], elements: [-1.5, -1, -0.9999])
        #expect(peakSignalToNoiseRatio(of: nearlyBlack, comparedTo: black) == .infinity)
    }

    @Test func aPictureSmallerThanTheWindowHasNoSimilarity() {
        let small = Tensor<Float>(shape: [1, 10, 40, 3], repeating: 0)
        #expect(structuralSimilarity(of: small, comparedTo: small) == nil)
    }

    @Test func residualIsInUnitsOfPixels() {
        let map = SuperResolution(factor: 2, height: 8, width: 8)
        let picture = Tensor<Float>(shape: map.imageShape, repeating: 0.5)
        let measurement = Tensor<Float>(shape: map.measurementShape, repeating: 0.25)
        #expect(abs(map.residual(of: picture, given: measurement) - 0.25) < 1e-6)
    }

    @Test func histogramCountsEachSlotAlone() {
        var histogram = CodeHistogram(vocabulary: [4, 2])
        #expect(histogram.perplexity == [1, 1])
        histogram.add([0, 1, 1, -1, 0, 1, 1, 1])
        #expect(histogram.counts == [[2, 2, 0, 0], [0, 3]])
        #expect(histogram.usage == [0.5, 0.5])
        #expect(abs(histogram.perplexity[0] - 2) < 1e-12)
        #expect(abs(histogram.perplexity[1] - 1) < 1e-12)
    }

    @Test func fourSlotsOf256CodesAtEightPixelsAreHalfABitAPixel() {
        let bits = bitsPerPixel(
            positionCount: 64, vocabulary: [256, 256, 256, 256], height: 64, width: 64)
        #expect(bits == 0.5)
    }
}
