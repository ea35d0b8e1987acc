import TesseraPerception
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct SymmetricEigensystemTests {
    /// A symmetric matrix of some rank.
    static func matrix(_ order: Int, rank: Int, seed: UInt64) -> [Double] {
        let factors = randomTensor([order, rank], seed: seed).elements.map { Double($0) }
        return (0 ..< order * order).map { place in
            (0 ..< rank).reduce(0.0) {
                $0 + factors[place / order * rank + $1] * factors[place % order * rank + $1]
                    * ($1 % 3 == 0 ? -1 : 1)
            }
        }
    }

    /// Rounding of some thousand rotations stays below 1e-12 of the largest eigenvalue.
    @Test(arguments: [(1, 1), (2, 2), (3, 1), (24, 24), (64, 20), (128, 128)])
    func vectorsAreScaledByTheirValues(order: Int, rank: Int) {
        let matrix = Self.matrix(order, rank: rank, seed: UInt64(order))
        let system = SymmetricEigensystem(matrix, order: order)
        let scale = system.values.map(abs).max() ?? 0
        #expect(system.values == system.values.sorted())
        func row(_ i: Int) -> ArraySlice<Double> { system.vectors[i * order ..< (i + 1) * order] }
        func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for i in 0 ..< order {
            let image = (0 ..< order).map { dot(matrix[$0 * order ..< ($0 + 1) * order], row(i)) }
            let worst = zip(image, row(i)).map { abs($0 - system.values[i] * $1) }.max() ?? 1
            #expect(worst < 1e-12 * scale)
            for j in 0 ... i { #expect(abs(dot(row(i), row(j)) - (i == j ? 1 : 0)) < 1e-12) }
        }
    }

    @Test func aDiagonalIsItsOwnAnswer() {
        let system = SymmetricEigensystem([3, 0, 0, 0, -1, 0, 0, 0, 2], order: 3)
        #expect(system.values == [-1, 2, 3])
        #expect(system.vectors == [0, 1, 0, 0, 0, 1, 1, 0, 0])
        let nothing = SymmetricEigensystem([0, 0, 0, 0], order: 2)
        #expect(nothing.values == [0, 0] && nothing.vectors == [1, 0, 0, 1])
    }
}
