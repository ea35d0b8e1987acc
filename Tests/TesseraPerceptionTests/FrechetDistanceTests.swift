import TesseraCheckpoint
import TesseraPerception
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct FrechetDistanceTests {
    let network: SqueezeNetFeatures

    init() throws {
        network = try SqueezeNetFeatures(from: try SafetensorsFile(path: narrowSqueezeNetPath))
    }

    /// The distance of a region in the middle of two pictures of one size.
    func distance(
        _ picture: Tensor<Float>, _ truth: Tensor<Float>, region: [Bool]? = nil,
        bandHeight: Int = 256
    ) -> Double? {
        let (height, width) = (truth.shape[1], truth.shape[2])
        let region =
            region
            ?? (0 ..< height * width).map {
                (8 ..< height - 8).contains($0 / width) && (8 ..< width - 8).contains($0 % width)
            }
        return FrechetDistance(network, bandHeight: bandHeight)(
            height: height, width: width, region: region, surroundings: region.map { !$0 }
        ) { rows in
            func part(_ x: Tensor<Float>) -> Tensor<Float> {
                Tensor(
                    shape: [1, rows.count, width, 3],
                    elements: Array(
                        x.elements[
                            rows.lowerBound * width * 3 ..< rows.upperBound * width * 3]))
            }
            return (part(picture), part(truth))
        }
    }

    @Test func featuresLieAtEverySecondAndFourthPixel() {
        for (height, width) in [(32, 32), (33, 31), (30, 29), (1, 5)] {
            let features = network.early(randomTensor([1, height, width, 3], seed: 1))
            #expect(
                features.map { Array($0.shape[1 ..< 3]) } == [
                    [(height + 1) / 2, (width + 1) / 2], [(height + 3) / 4, (width + 3) / 4],
                ])
        }
    }

    /// Cancellation of variances leaves some 1e-14 of them.
    @Test func aPictureIsNoneFromItself() throws {
        let truth = randomTensor([1, 48, 44, 3], seed: 2)
        #expect(abs(try #require(distance(truth, truth))) < 1e-10)
    }

    @Test func theSameTextureElsewhereIsNearerThanNone() throws {
        let truth = randomTensor([1, 64, 64, 3], seed: 3)
        let other = randomTensor([1, 64, 64, 3], seed: 4)
        let flat = Tensor<Float>(shape: [1, 64, 64, 3]) { $0.initialize(repeating: 0) }
        let near = try #require(distance(other, truth))
        let far = try #require(distance(flat, truth))
        #expect(near > 0 && near < 0.5 * far)
    }

    /// Sums come in another order, and Winograd's squares begin elsewhere: some 1e-7 of the features.
    @Test(arguments: [4, 16, 52])
    func bandsGiveWhatTheWholeGives(bandHeight: Int) throws {
        let truth = randomTensor([1, 61, 40, 3], seed: 5)
        let other = randomTensor([1, 61, 40, 3], seed: 6)
        let whole = try #require(distance(other, truth))
        let banded = try #require(distance(other, truth, bandHeight: bandHeight))
        #expect(abs(banded - whole) < 1e-5 * whole)
    }

    @Test func whatHasNoVarianceHasNoDistance() {
        let flat = Tensor<Float>(shape: [1, 40, 40, 3]) { $0.initialize(repeating: 0.25) }
        let random = randomTensor([1, 40, 40, 3], seed: 7)
        let single = (0 ..< 1600).map { $0 == 20 * 40 + 20 }
        #expect(distance(flat, random, region: single) == nil)
        #expect(distance(flat, random, region: single.map { _ in false }) == nil)
    }
}
