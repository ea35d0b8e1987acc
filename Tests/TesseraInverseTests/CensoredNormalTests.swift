import TesseraInverse
import TesseraTensor
import Testing

/// What is left of a normal variable's deviation when it is cut off.
@Suite struct CensoredNormalTests {
    @Test func nothingIsLostWhereNothingIsCutOff() {
        #expect(abs(CensoredNormal(below: 0, above: 0).deviation - 1) < 1e-9)
    }

    @Test func halfANormalHasAKnownDeviation() {
        // √(1/2 - 1/2π), whichever half is cut off.
        let expected = (0.5 - 0.5 / Double.pi).squareRoot()
        #expect(abs(CensoredNormal(below: 0, above: 0.5).deviation - expected) < 1e-9)
        #expect(abs(CensoredNormal(below: 0.5, above: 0).deviation - expected) < 1e-9)
    }

    @Test(arguments: [(0.1, 0.1), (0.01, 0.2), (0.3, 0.05)])
    func drawnValuesHaveIt(below: Double, above: Double) {
        let random = RandomSource(seed: 4)
        let values = (0 ..< 20_000).map { Double(random.normal(step: 0, position: $0)) }.sorted()
        let low = values[Int(below * 20_000)]
        let high = values[20_000 - 1 - Int(above * 20_000)]
        let cut = values.map { min(max($0, low), high) }
        let mean = cut.reduce(0, +) / 20_000
        let variance = cut.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        // Four deviations of a deviation of 20,000 values.
        let deviation = CensoredNormal(below: below, above: above).deviation
        #expect(abs(variance.squareRoot() - deviation) < 0.02)
    }
}
