import Testing

import TesseraTensor
import _TesseraTestSupport

@Suite struct RearrangementTests {
    @Test func shufflesChannelsRowFirst() {
        let x = Tensor<Float>(shape: [1, 1, 2, 8], elements: (0 ..< 16).map { Float($0) })
        let y = pixelShuffle(x)
        #expect(y.shape == [1, 2, 4, 2])
        #expect(y.elements == [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15])
    }

    @Test(arguments: [1, 3, 16]) func unshuffleUndoesShuffle(channels: Int) {
        let x = randomTensor([2, 5, 7, 4 * channels], seed: 1)
        #expect(pixelUnshuffle(pixelShuffle(x)).elements == x.elements)
    }

    @Test func upsampleRepeatsEachPixel() {
        let x = Tensor<Float>(shape: [1, 1, 2, 1], elements: [1, 2])
        #expect(nearestUpsample(x).elements == [1, 1, 2, 2, 1, 1, 2, 2])
    }

    @Test func pullbacksAreAdjoints() {
        let x = randomTensor([2, 3, 5, 4], seed: 2)
        let y = randomTensor([2, 6, 10, 4], seed: 3)
        let z = randomTensor([2, 6, 10, 1], seed: 4)
        let upsampled = innerProduct(nearestUpsample(x), y)
        #expect(abs(upsampled - innerProduct(x, nearestUpsamplePullback(y))) < 1e-5)
        // A permutation: the same products in another order.
        #expect(abs(innerProduct(pixelShuffle(x), z) - innerProduct(x, pixelUnshuffle(z))) < 1e-12)
    }

    @Test func emptyImagesStayEmpty() {
        let x = Tensor<Float>(shape: [0, 2, 2, 4], repeating: 0)
        #expect(pixelShuffle(x).shape == [0, 4, 4, 1])
        #expect(nearestUpsamplePullback(x).shape == [0, 1, 1, 4])
    }
}
