import Foundation
import TesseraSampler
import Testing

@Suite struct HaltonSequenceTests {
    @Test(arguments: [(1, 1), (3, 5), (16, 16), (17, 61), (64, 2)])
    func visitsEveryPositionOnce(height: Int, width: Int) {
        let order = HaltonSequence.order(height: height, width: width)
        #expect(order.sorted() == Array(0 ..< height * width))
    }

    @Test func isEmptyForAnEmptyGrid() {
        #expect(HaltonSequence.order(height: 0, width: 5).isEmpty)
    }

    /// The first positions that Halton-MaskGIT visits on a square of 16: (row, column), from the
    /// radical inverses 1/2, 1/4, 3/4, 1/8 … and 1/3, 2/3, 1/9, 4/9 ….
    @Test func beginsAsTheSequenceDoes() {
        let order = HaltonSequence.order(height: 16, width: 16).prefix(6)
        let rows = order.map { $0 / 16 }
        let columns = order.map { $0 % 16 }
        #expect(rows == [8, 4, 12, 2, 10, 6])
        #expect(columns == [5, 10, 1, 7, 12, 3])
    }

    /// A digest of the whole order, equal to that of the authors' code at commit f61b0a1.
    @Test(
        arguments: [
            16: 0x761d_ff0d_423a_bdb3, 24: 0x0581_cb82_edf1_db33, 32: 0x2e14_5378_8180_5dd3,
        ] as [Int: UInt64])
    func equalsTheAuthorsOrder(side: Int, digest: UInt64) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for position in HaltonSequence.order(height: side, width: side) {
            hash = (hash ^ UInt64(position)) &* 0x0000_0100_0000_01b3
        }
        #expect(hash == digest)
    }
}
