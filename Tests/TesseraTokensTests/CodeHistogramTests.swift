import TesseraTokens
import Testing

@Suite struct CodeHistogramTests {
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
