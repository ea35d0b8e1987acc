import TesseraInverse
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct MaskCoverageTests {
    private func coverage(_ height: Int, _ width: Int, _ values: [Float]) -> MaskCoverage {
        MaskCoverage(Tensor(shape: [height, width], elements: values))
    }

    /// Noise in [0, 1], of which four in five are 0.
    private func sparse(height: Int, width: Int, seed: UInt64) -> MaskCoverage {
        let random = RandomSource(seed: seed)
        return coverage(
            height, width,
            (0 ..< height * width).map {
                max(5 * random.uniform(step: 0, position: $0, draw: 0) - 4, 0)
            })
    }

    /// The most within a square, asked of every pixel.
    private func slow(_ mask: MaskCoverage, _ margin: Int) -> [Float] {
        (0 ..< mask.height * mask.width).map { pixel in
            let (y, x) = (pixel / mask.width, pixel % mask.width)
            var most: Float = 0
            for row in max(y - margin, 0) ..< min(y + margin + 1, mask.height) {
                for column in max(x - margin, 0) ..< min(x + margin + 1, mask.width) {
                    most = max(most, mask.values[row * mask.width + column])
                }
            }
            return most
        }
    }

    @Test(arguments: [(1, 1), (1, 9), (9, 1), (7, 13), (24, 18)], [0, 1, 2, 5, 40])
    func growingIsTheSameFastAndSlow(size: (height: Int, width: Int), margin: Int) {
        let mask = sparse(height: size.height, width: size.width, seed: 3)
        #expect(mask.grown(by: margin).values == slow(mask, margin))
    }

    @Test func aBinaryMaskGrowsAsItsPixelsDo() {
        let mask = PixelMask(
            height: 30, width: 20, fraction: 0.05, random: RandomSource(seed: 1))
        let same = coverage(30, 20, mask.isHole.map { $0 ? 1 : 0 })
        #expect(!same.isSoft)
        for margin in [0, 1, 3] {
            let grown = same.grown(by: margin)
            #expect(grown.hole == mask.grown(by: margin))
            #expect(grown.weights.elements.allSatisfy { $0 == 0 || $0 == 1 })
        }
    }

    @Test func weightsAreTwiceTheCoverage() {
        let mask = coverage(1, 6, [0, 0.09, 0.2, 0.45, 0.5, 0.95])
        #expect(mask.values == [0, 0, 0.2, 0.45, 0.5, 1])
        #expect(mask.weights.elements == [0, 0, 0.4, 0.9, 1, 1])
        #expect(mask.hole.isHole == [false, false, true, true, true, true])
        #expect(mask.isSoft)
    }

    @Test func noMaskIsNotSoft() {
        #expect(!coverage(2, 2, [0, 0, 0, 0]).isSoft)
        #expect(!coverage(2, 2, [1, 1, 1, 1]).isSoft)
        #expect(coverage(2, 2, [0, 0.3, 0.3, 0]).isSoft)
    }

    @Test func theSameSizeAndFlatMasksStayAsTheyAre() {
        let mask = sparse(height: 9, width: 7, seed: 5)
        #expect(mask.resized(toHeight: 9, width: 7) == mask)
        let flat = coverage(3, 4, [Float](repeating: 0.75, count: 12))
        #expect(flat.resized(toHeight: 8, width: 5).values == [Float](repeating: 0.75, count: 40))
    }
}
