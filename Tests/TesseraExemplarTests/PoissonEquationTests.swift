import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct PoissonEquationTests {
    /// Holes of all kinds.
    static let holes: [(name: String, mask: PixelMask)] = [
        ("one pixel", drawn("...", ".#.", "...")),
        ("at every border", drawn("####", "#..#", "####")),
        ("one known pixel", drawn("#####", "##.##", "#####")),
        ("a line", drawn(".........", ".#######.", ".........")),
        ("a diagonal of single pixels", drawn("#....", ".#...", "..#..", "...#.", "....#")),
        ("two parts", drawn("##...##", "##...##", "......#", "#......")),
        (
            "a hole in a known part of a hole",
            drawn("#######", "#.....#", "#.###.#", "#.....#", "#######")
        ),
        ("wide", box(45, rows: 2 ..< 43, columns: 0 ..< 40)),
        (
            "a ring, odd",
            union(
                box(33, rows: 3 ..< 5, columns: 3 ..< 30),
                box(33, rows: 28 ..< 31, columns: 3 ..< 30),
                box(33, rows: 3 ..< 30, columns: 3 ..< 4),
                box(33, rows: 3 ..< 30, columns: 29 ..< 33))
        ),
    ]

    private static let pull: Float = 0.05

    /// The neighbours of a pixel within the picture.
    private func neighbours(_ pixel: Int, _ mask: PixelMask) -> [Int] {
        let (y, x) = (pixel / mask.width, pixel % mask.width)
        return [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)].filter {
            $0.0 >= 0 && $0.0 < mask.height && $0.1 >= 0 && $0.1 < mask.width
        }.map { $0.0 * mask.width + $0.1 }
    }

    /// What the equation of a picture's own differences has on its right.
    private func right(_ values: [Float], _ mask: PixelMask) -> [Float] {
        values.indices.map { pixel in
            guard mask.isHole[pixel] else { return 0 }
            return neighbours(pixel, mask).reduce(Self.pull * values[pixel]) {
                $0 + values[pixel] - values[$1] + (mask.isHole[$1] ? 0 : values[$1])
            }
        }
    }

    /// The length of what solved values leave of the right side, and the length of the right side.
    private func residual(
        _ solved: [Float], _ right: [Float], _ mask: PixelMask
    ) -> (left: Double, all: Double) {
        var (left, all) = (0.0, 0.0)
        for pixel in solved.indices where mask.isHole[pixel] {
            let near = neighbours(pixel, mask)
            let pulled = near.filter { mask.isHole[$0] }.reduce(0) { $0 + Double(solved[$1]) }
            let applied = (Double(near.count) + Double(Self.pull)) * Double(solved[pixel]) - pulled
            left += (Double(right[pixel]) - applied) * (Double(right[pixel]) - applied)
            all += Double(right[pixel]) * Double(right[pixel])
        }
        return (left.squareRoot(), all.squareRoot())
    }

    private func equation(_ mask: PixelMask) -> PoissonEquation {
        PoissonEquation(
            isHole: mask.isHole, height: mask.height, width: mask.width, pull: Self.pull)
    }

    @Test(arguments: holes.indices) func findsAPictureFromItsOwnDifferences(number: Int) {
        let mask = Self.holes[number].mask
        let values = noise(mask.height, mask.width, channels: 1, seed: 3).elements
        let right = right(values, mask)
        let solved = equation(mask).solve(
            right, from: [Float](repeating: 0, count: values.count))
        let (left, all) = residual(solved, right, mask)
        // Beside its tolerance, the rounding of floats in each of its steps.
        #expect(left <= (PoissonEquation.tolerance + 2e-6) * all, "\(Self.holes[number].name)")
        var error = 0.0
        for pixel in values.indices {
            guard mask.isHole[pixel] else {
                #expect(solved[pixel] == 0)
                continue
            }
            error += Double((solved[pixel] - values[pixel]) * (solved[pixel] - values[pixel]))
        }
        // The least eigenvalue is not below the pull.
        #expect(error.squareRoot() <= left / Double(Self.pull) + 1e-5 * all)
    }

    @Test(arguments: [12, 41, 96]) func takesFewStepsHoweverWideTheHole(side: Int) {
        let mask = box(side, rows: 1 ..< side - 1, columns: 1 ..< side - 1)
        let right = right(noise(side, side, channels: 1).elements, mask)
        let zeros = [Float](repeating: 0, count: side * side)
        let solved = equation(mask).solve(right, from: zeros, stepLimit: 30)
        let (left, all) = residual(solved, right, mask)
        // As above; one cycle leaves about half, and 2^-17 is less than the tolerance.
        #expect(left <= (PoissonEquation.tolerance + 2e-6) * all)
    }

    @Test func doesNothingWhereItBeginsWithTheSolution() {
        let mask = Self.holes[7].mask
        let values = noise(mask.height, mask.width, channels: 1).elements
        let start = zip(values, mask.isHole).map { $1 ? $0 : 0 }
        #expect(equation(mask).solve(right(values, mask), from: start) == start)
    }
}
