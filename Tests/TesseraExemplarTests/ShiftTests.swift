import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

/// Shifts that continue a picture across a hole.
@Suite struct ShiftTests {
    private let side = 96
    private var hole: PixelMask { box(96, rows: 36 ..< 58, columns: 40 ..< 61) }

    private func level(_ pixels: Tensor<Float>) -> PatchLevel {
        PatchLevel(pixels, hole: hole, blocked: hole, textureWeight: 50)
    }

    private func search(in level: PatchLevel) -> PatchSearch {
        PatchSearch(
            level, radius: 3, smoothnessPenalty: 10, guideWeight: 0, guideBlur: 1,
            searchRadius: .max)
    }

    private func shifts(_ level: PatchLevel) -> [Shift] {
        DominantShifts(of: level, random: RandomSource(seed: 3)).shifts
    }

    @Test(arguments: PeriodicPicture.allCases)
    func theMostFrequentShiftsLeadToTheSamePicture(kind: PeriodicPicture) {
        let shifts = shifts(level(kind.pixels(side: side)))
        #expect(shifts.count >= 8)
        for shift in shifts.prefix(8) {
            #expect(max(abs(shift.rows), abs(shift.columns)) >= 96 / 15)
            let isSame = (0 ..< 16 * 16).allSatisfy { pixel in
                let (y, x) = (pixel / 16 + 64, pixel % 16 + 64)
                return kind.value(y, x, 1) == kind.value(y + shift.rows, x + shift.columns, 1)
            }
            #expect(isSame, "\(shift)")
        }
    }

    /// Bricks are flat beside the hole but for thin lines, so that wrong shifts fit there too.
    @Test(arguments: [PeriodicPicture.stripes, .checker])
    func shiftsContinueWhatRepeatsItself(kind: PeriodicPicture) throws {
        let finest = level(kind.pixels(side: side))
        let search = search(in: finest)
        let periods = [8, -8, 16, -16].flatMap { [($0, 0), (0, $0)] }
        let others = [(8, 2), (-8, -2), (2, 8), (-2, -8), (10, 8), (-10, -8), (8, 10), (-8, -10)]
        let continuation = ShiftedContinuation(
            of: finest, for: search,
            by: (others + periods).map { Shift(rows: $0.0, columns: $0.1) })
        // Textures beside a hole are means over fewer pixels, which no shift explains.
        #expect(continuation.misfit < 0.2)
        for (target, match) in zip(search.targetRows.joined(), continuation.matches) {
            try #require(match >= 0)
            let (here, there) = (search.grid.pixel(Int(target)), search.grid.pixel(Int(match)))
            #expect(search.isSource[Int(match)])
            #expect(
                kind.value(here.row, here.column, 0) == kind.value(there.row, there.column, 0))
        }
    }

    /// What is smooth fits itself as well a few pixels further.
    @Test func shiftsOfSmoothPicturesAreBlunt() {
        let shifts = [(8, 0), (-8, 0), (0, 8), (0, -8), (16, 0), (-16, 0), (0, 16), (0, -16)].map {
            Shift(rows: $0.0, columns: $0.1)
        }
        func bluntness(of pixels: Tensor<Float>) -> Float {
            let finest = level(pixels)
            return ShiftedContinuation(of: finest, for: search(in: finest), by: shifts).bluntness
        }
        let grain = noise(side, side)
        let slope = Tensor<Float>(shape: grain.shape) { pixels in
            for i in 0 ..< grain.count {
                let (row, column) = (i / 3 / side, i / 3 % side)
                pixels.initializeElement(
                    at: i, to: Float(row + column) / 400 + 0.05 * grain.elements[i])
            }
        }
        #expect(bluntness(of: PeriodicPicture.stripes.pixels(side: side)) < 0.2)
        #expect(bluntness(of: slope) > 0.6)
    }

    @Test func noiseIsNotContinued() {
        let pixels = noise(side, side)
        let finest = level(pixels)
        let continuation = ShiftedContinuation(
            of: finest, for: search(in: finest), by: shifts(finest.halved()))
        #expect(continuation.misfit > 0.5)
    }

    /// A shift that is shorter than the hole is wide leads from its middle into the hole.
    @Test func shiftsThatDoNotReachAcrossAreNoContinuation() {
        let finest = level(PeriodicPicture.checker.pixels(side: side))
        let continuation = ShiftedContinuation(
            of: finest, for: search(in: finest),
            by: [Shift(rows: 0, columns: 4), Shift(rows: 4, columns: 0)])
        #expect(continuation.misfit == 1)
        #expect(continuation.matches.contains(-1))
    }
}
