import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct SeamlessCopyTests {
    private let side = 40
    private var hole: PixelMask { box(40, rows: 14 ..< 26, columns: 16 ..< 27) }

    /// A copy of the pixels that lie as far away as a closure says.
    private func copied(
        _ pixels: Tensor<Float>, _ hole: PixelMask, blocked: PixelMask? = nil,
        isGuided: Bool = false, shift: (_ y: Int, _ x: Int) -> Int
    ) -> Tensor<Float> {
        let places = hole.isHole.indices.filter { hole.isHole[$0] }
        let sources = places.map { $0 + shift($0 / hole.width, $0 % hole.width) }
        return SeamlessCopy(into: hole, from: sources, avoiding: blocked)
            .apply(to: pixels, isGuided: isGuided)
    }

    /// What the solver's tolerance leaves of values up to 1 in holes of some hundred pixels: 1e-5 of a right
    /// side of length 50, over the pull of 0.05.
    private let tolerance: Float = 0.01

    @Test(arguments: PeriodicPicture.allCases, [false, true])
    func copiesFromAPeriodAwayAreTheTruth(kind: PeriodicPicture, isGuided: Bool) {
        let truth = kind.pixels(side: side)
        let result = copied(truth, hole, isGuided: isGuided) { y, x in
            (y < 20 ? 16 * side : -16 * side) - (kind == .stripes && x < 20 ? 8 : 0)
        }
        #expect(largestDifference(result, truth) < tolerance)
        #expect(values(result, in: hole.inverted) == values(truth, in: hole.inverted))
    }

    @Test func aConstantThatIsTooBrightIsDrawnToItsBorder() {
        // Sources are brighter by a constant; differences alone are copied, but for the pull.
        let pixels = picture(side, side) { y, _, _ in y < 12 ? 0.5 : 0.1 }
        let result = copied(pixels, hole) { y, _ in (y < 20 ? -14 : -20) * side }
        let inside = values(result, in: hole)
        #expect(inside.allSatisfy { $0 > 0.1 - tolerance && $0 < 0.5 })
        let plain = copied(pixels, hole) { y, _ in 12 * side }
        #expect(
            largestDifference(plain, picture(side, side) { y, _, _ in y < 12 ? 0.5 : 0.1 })
                < tolerance)
    }

    @Test func coloursFollowTheGuide() {
        // What is copied is gray, and the guide is brighter.
        let hole = hole
        let pixels = picture(side, side) { y, x, _ in hole.isHole[y * side + x] ? 0.4 : 0 }
        let plain = values(copied(pixels, hole) { _, _ in -12 * side }, in: hole)
        #expect(plain.allSatisfy { abs($0) < tolerance })
        let guided = values(
            copied(pixels, hole, isGuided: true) { _, _ in -12 * side }, in: hole)
        #expect(guided.allSatisfy { $0 > 0 && $0 < 0.4 })
        // The middle is 6 pixels from the border, which a pull of 0.05 reaches over by 4.5.
        #expect((guided.max() ?? 0) > 0.03)
    }

    @Test func whatIsAvoidedDoesNotShow() {
        // Copies come from both sides of a seam, and lie beside what is avoided.
        let hole = box(side, rows: 4 ..< 12, columns: 4 ..< 36)
        let avoided = box(side, rows: 20 ..< 25, columns: 0 ..< 40)
        func fill(_ colour: Float) -> [UInt32] {
            let noise = noise(side, side).elements
            let pixels = picture(side, side) { y, x, c in
                (20 ..< 25).contains(y) ? colour : noise[3 * (y * side + x) + c]
            }
            let result = copied(pixels, hole, blocked: avoided) { y, x in
                (y < 8 ? 10 : 17) * side
            }
            return values(result, in: hole).map(\.bitPattern)
        }
        #expect(fill(1) == fill(-1))
    }

    @Test func withoutASourceTheGivenValueStands() {
        // Nothing is copied, and nothing is known of differences: values come from the border and the start.
        let flat = picture(side, side) { _, _, _ in 0.3 }
        #expect(largestDifference(copied(flat, hole) { _, _ in 0 }, flat) < tolerance)
    }

    @Test func aPictureWithoutAHoleStaysAsItIs() {
        let pixels = noise(side, side)
        let none = box(side, rows: 0 ..< 0, columns: 0 ..< 0)
        #expect(bits(copied(pixels, none) { _, _ in 0 }) == bits(pixels))
    }
}
