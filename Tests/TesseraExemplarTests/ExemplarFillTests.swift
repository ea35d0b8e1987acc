import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct ExemplarFillTests {
    private let side = 48
    private var hole: PixelMask { box(48, rows: 17 ..< 28, columns: 19 ..< 29) }

    /// A fill that looks once at each size.
    private var quick: ExemplarFill {
        var fill = ExemplarFill()
        fill.roundCounts = [1]
        return fill
    }

    /// Whether the known pixels are those of a picture bit for bit, and all others are values of pixels.
    private func isWhole(_ filled: Tensor<Float>, _ pixels: Tensor<Float>, _ hole: PixelMask)
        -> Bool
    {
        let (known, given) = (
            values(filled, in: hole.inverted), values(pixels, in: hole.inverted)
        )
        return filled.shape == pixels.shape
            && known.map(\.bitPattern) == given.map(\.bitPattern)
            && values(filled, in: hole).allSatisfy { $0 >= -1 && $0 <= 1 }
    }

    @Test func givesTheSameBitsWithAnyNumberOfThreads() throws {
        let pixels = noise(side, side)
        let fills = withThreads([1, 2, 3]) { quick.fill(pixels, hole: hole, guide: pixels) }
        let first = try #require(fills[0])
        #expect(fills.allSatisfy { $0.map(bits) == bits(first) })
    }

    @Test func roundsAreCountedUpToTheirNumber() throws {
        let (pixels, hole) = (noise(side, side), hole)
        for counts in [[1], [2, 1], [3, 2, 1, 1]] {
            var fill = ExemplarFill()
            fill.roundCounts = counts
            let run = fill.run(pixels, hole: hole)
            let steps = Array(run)
            // Four sizes of a hole of up to 64 pixels, and its borders.
            let count = (0 ..< 4).reduce(1) { $0 + counts[min($1, counts.count - 1)] }
            #expect(Set(steps.map(\.roundCount)) == [count])
            #expect(steps.map(\.round) == steps.map(\.round).sorted())
            #expect(Set(steps.map(\.round)) == Set(0 ... count))
            #expect(fill.roundCount(filling: hole, height: side, width: side) == count)
            #expect(
                try bits(#require(run.result())) == bits(#require(fill.fill(pixels, hole: hole))))
        }
    }

    @Test func aRunGoesOnWhereItWasLeft() throws {
        let (pixels, hole) = (noise(side, side), hole)
        let whole = try #require(quick.fill(pixels, hole: hole))
        for left in [1, 7, 12] {
            let run = quick.run(pixels, hole: hole)
            for (number, _) in run.enumerated() where number == left { break }
            #expect(try bits(#require(run.result())) == bits(whole))
            #expect(run.next() == nil)
        }
    }

    @Test func theSeedAndTheKeyDecide() throws {
        let pixels = noise(side, side)
        var other = quick
        other.seed = 1
        var third = quick
        third.key = 7
        let fills = try [quick, quick, other, third].map {
            bits(try #require($0.fill(pixels, hole: hole)))
        }
        #expect(fills[0] == fills[1])
        #expect(fills[0] != fills[2] && fills[0] != fills[3] && fills[2] != fills[3])
    }

    @Test func whatTheHoleHasIsNotRead() throws {
        let pixels = noise(side, side)
        let elements = pixels.elements
        let hole = hole
        let fills = try [Float.nan, 1].map { value in
            let marked = picture(side, side) { y, x, c in
                let pixel = y * side + x
                return hole.isHole[pixel] ? value : elements[3 * pixel + c]
            }
            return bits(try #require(quick.fill(marked, hole: hole)))
        }
        #expect(fills[0] == fills[1])
        #expect(try fills[0] == bits(#require(quick.fill(pixels, hole: hole))))
    }

    @Test func aConstantStays() throws {
        let pixels = picture(side, side) { _, _, channel in 0.3 - 0.4 * Float(channel) }
        let filled = try #require(quick.fill(pixels, hole: hole))
        // Smooth fills of a constant, and what the solver's tolerance leaves of it.
        #expect(largestDifference(filled, pixels) < 1e-3)
    }

    @Test(arguments: PeriodicPicture.allCases, [false, true])
    func goesOnWithWhatRepeatsItself(kind: PeriodicPicture, isGuided: Bool) throws {
        let truth = kind.pixels(side: 48)
        let hole = box(48, rows: 18 ..< 30, columns: 19 ..< 30)
        let filled = try #require(
            ExemplarFill().fill(truth, hole: hole, guide: isGuided ? truth : nil))
        #expect(isWhole(filled, truth, hole))
        // Copies are exact; the solver leaves 1e-5 of a right side of length 50 over the pull of 0.05.
        #expect(largestDifference(filled, truth) < 0.01)
    }

    @Test func whatIsToBeAvoidedIsNeverCopied() throws {
        // The left half is black and white; the right half, which the hole does not touch, is half green.
        let random = RandomSource(seed: 4)
        let pixels = picture(side, side) { y, x, channel in
            if x >= side / 2 { return channel == 1 ? 1 : -1 }
            return random.uniform(step: 0, position: y * side + x) - 0.5
        }
        let hole = box(side, rows: 18 ..< 28, columns: 12 ..< 22)
        let avoided = box(side, rows: 0 ..< side, columns: side / 2 ..< side)
        let filled = try #require(ExemplarFill().fill(pixels, hole: hole, avoiding: avoided))
        #expect(isWhole(filled, pixels, hole))
        let inside = values(filled, in: hole)
        for i in stride(from: 0, to: inside.count, by: 3) {
            // The three channels have the same equations up to rounding.
            #expect(abs(inside[i] - inside[i + 1]) < 0.01 && abs(inside[i] - inside[i + 2]) < 0.01)
        }
    }

    @Test func holesAreFilledWhereverTheyLie() throws {
        let pixels = noise(side, side)
        for (top, left) in [
            (0, 0), (0, 20), (0, 40), (20, 0), (20, 40), (40, 0), (40, 20), (40, 40),
        ] {
            let hole = box(side, rows: top ..< top + 8, columns: left ..< left + 8)
            let filled = try #require(quick.fill(pixels, hole: hole), "\(top) \(left)")
            #expect(isWhole(filled, pixels, hole), "\(top) \(left)")
            // Noise is copied, and not averaged: the variance of what is known is 1/12.
            let inside = values(filled, in: hole)
            let squares = inside.reduce(0) { $0 + $1 * $1 } / Float(inside.count)
            #expect(squares > 0.02, "\(top) \(left)")
        }
    }

    @Test func severalHolesOfAnyShapeAreFilled() throws {
        let pixels = noise(47, 61)
        let random = RandomSource(seed: 5)
        let hole = PixelMask(
            height: 47, width: 61,
            isHole: (0 ..< 47 * 61).map { pixel in
                let (y, x) = (pixel / 61, pixel % 61)
                return (y < 5 && x < 9) || (y == 46 && x > 30) || (x == 60 && y > 20)
                    || (abs(y - 20) + abs(x - 12) < 6
                        && random.uniform(step: 0, position: pixel) < 0.7)
            })
        let filled = try #require(quick.fill(pixels, hole: hole))
        #expect(isWhole(filled, pixels, hole))
    }

    @Test func onePixelIsFilled() throws {
        let truth = PeriodicPicture.checker.pixels(side: side)
        let hole = box(side, rows: 20 ..< 21, columns: 31 ..< 32)
        let filled = try #require(quick.fill(truth, hole: hole))
        #expect(isWhole(filled, truth, hole))
        // As above: the right side of one pixel is shorter.
        #expect(largestDifference(filled, truth) < 1e-3)
    }

    @Test func withoutAHoleThePictureIsTheResult() {
        let pixels = noise(5, 6)
        let none = PixelMask(height: 5, width: 6, rows: 0 ..< 0, columns: 0 ..< 0)
        #expect(quick.fill(pixels, hole: none).map(bits) == bits(pixels))
        #expect(quick.run(pixels, hole: none).next() == nil)
    }

    @Test func withTooLittleToCopyFromThereIsNoResult() {
        for (side, rows) in [
            (1, 0 ..< 1), (8, 3 ..< 4), (48, 0 ..< 48), (47, 2 ..< 45),
        ] {
            let hole = box(side, rows: rows, columns: rows)
            #expect(quick.fill(noise(side, side), hole: hole) == nil, "\(side) \(rows)")
        }
        let all = box(side, rows: 0 ..< side, columns: 0 ..< side)
        #expect(quick.fill(noise(side, side), hole: hole, avoiding: all) == nil)
    }

    @Test(arguments: [1, 2, 4]) func allChannelsAreCopied(channels: Int) throws {
        let pixels = noise(side, side, channels: channels)
        let filled = try #require(quick.fill(pixels, hole: hole, guide: pixels))
        #expect(isWhole(filled, pixels, hole))
        // What patches are compared by is a picture of three channels; the others come along.
        let elements = pixels.elements
        let colours = picture(side, side) { y, x, c in
            elements[(y * side + x) * channels + (channels < 3 ? 0 : c)]
        }
        let expected = try #require(quick.fill(colours, hole: hole, guide: colours)).elements
        let result = filled.elements
        for pixel in 0 ..< side * side {
            for c in 0 ..< (channels < 3 ? 1 : 3) {
                #expect(result[pixel * channels + c] == expected[3 * pixel + c])
            }
        }
    }

    @Test(arguments: [false, true]) func alphaComesFromWhereColoursCome(isGuided: Bool) throws {
        // Alpha is another picture of the same period.
        let truth = picture(48, 48, channels: 4) { y, x, c in
            c < 3 ? PeriodicPicture.checker.value(y, x, c) : PeriodicPicture.bricks.value(y, x, 0)
        }
        let hole = box(48, rows: 18 ..< 30, columns: 19 ..< 30)
        let filled = try #require(
            ExemplarFill().fill(truth, hole: hole, guide: isGuided ? truth : nil))
        #expect(largestDifference(filled, truth) < 0.01)
    }
}
