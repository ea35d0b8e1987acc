import TesseraLayers
import TesseraTensor
import Testing
import _TesseraTestSupport

/// What attention may see of a rotation: distances along both axes, and nothing else.
@Suite struct AxialRotationTests {
    let rotation = AxialRotation(headWidth: 8, size: 16)

    /// The product of a query at one place and a key at another, in a grid of 16 × 16.
    private func score(query: (Int, Int), key: (Int, Int)) -> Double {
        let features = randomTensor([24], seed: 3).elements
        var heads = Tensor<Float>(
            shape: [256, 24], elements: (0 ..< 256).flatMap { _ in features })
        rotation.rotate(&heads, height: 16, width: 16)
        let turned = heads.elements
        let q = (query.0 * 16 + query.1) * 24
        let k = (key.0 * 16 + key.1) * 24 + 8
        return (0 ..< 8).reduce(0) { $0 + Double(turned[q + $1]) * Double(turned[k + $1]) }
    }

    @Test(arguments: [((0, 0), (3, 5)), ((7, 2), (1, 9)), ((12, 10), (12, 0))])
    func scoresDependOnTheDistanceAlone(query: (Int, Int), key: (Int, Int)) {
        let here = score(query: query, key: key)
        let there = score(query: (query.0 + 3, query.1 + 5), key: (key.0 + 3, key.1 + 5))
        let farther = score(query: query, key: (key.0 + 1, key.1))
        // Sines and cosines are rounded to single precision: some 1e-7 of eight products below 1.
        #expect(abs(here - there) < 1e-5)
        #expect(abs(here - farther) > 1e-3)
    }

    @Test func leavesValuesAndTheOriginAlone() {
        let before = randomTensor([15, 48], seed: 4)
        var after = before
        rotation.rotate(&after, height: 3, width: 5)
        for row in 0 ..< 15 {
            let values = row * 48 + 32 ..< row * 48 + 48
            #expect(after.elements[values] == before.elements[values])
        }
        #expect(after.elements[..<48] == before.elements[..<48])
        #expect(after.elements[48 ..< 80] != before.elements[48 ..< 80])
    }

    @Test func somePositionsTurnAsTheyDoInTheWholeGrid() {
        var whole = randomTensor([15, 48], seed: 5)
        let positions = [1, 4, 7, 14]
        var some = whole.rows(positions)
        rotation.rotate(&whole, height: 3, width: 5)
        rotation.rotate(&some, at: positions, width: 5)
        #expect(some.elements == whole.rows(positions).elements)
    }
}
