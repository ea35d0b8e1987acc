import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct PatchSearchTests {
    private static let side = 48
    private static let penalty: Float = 10
    private static let guideWeight: Float = 3

    /// Two holes in noise, one of them at a corner; what is to be avoided is a band.
    private var hole: PixelMask {
        union(
            box(Self.side, rows: 18 ..< 27, columns: 15 ..< 24),
            box(Self.side, rows: 40 ..< 48, columns: 43 ..< 48))
    }
    private var avoided: PixelMask { box(Self.side, rows: 0 ..< 48, columns: 36 ..< 39) }

    private func level() -> PatchLevel {
        PatchLevel(
            noise(Self.side, Self.side), hole: hole, blocked: avoided, textureWeight: 50)
    }

    private func search(
        radius: Int = 3, guideWeight: Float = 0, searchRadius: Int = .max
    ) -> PatchSearch {
        PatchSearch(
            level(), radius: radius, smoothnessPenalty: Self.penalty, guideWeight: guideWeight,
            guideBlur: 2, searchRadius: searchRadius)
    }

    private func targets(_ search: PatchSearch) -> [Int] {
        search.targetRows.flatMap { $0 }.map { Int($0) }
    }

    /// A cost by its definition, without a guide.
    private func cost(_ search: PatchSearch, _ target: Int, _ match: Int) -> Float {
        let (grid, channels) = (search.grid, PatchLevel.channels)
        var (sum, weights): (Float, Float) = (0, 0)
        for y in -grid.radius ... grid.radius {
            for x in -grid.radius ... grid.radius {
                for c in 0 ..< channels {
                    let here = (target + y * grid.stride + x) * channels + c
                    let there = (match + y * grid.stride + x) * channels + c
                    let difference = search.features[here] - search.features[there]
                    sum += search.weights[here] * difference * difference
                    weights += search.weights[here]
                }
            }
        }
        let missing = max(search.looks[4 * target + 3] - search.looks[4 * match + 3], 0)
        return sum / weights + Self.penalty * missing * missing
    }

    @Test(arguments: [1, 3, 5]) func costsAreWhatPatchesDifferBy(radius: Int) {
        let search = search(radius: radius)
        for number in 0 ..< 3 { search.sweep(number, random: RandomSource(seed: 1)) }
        for (number, target) in targets(search).enumerated() where number % 11 == 0 {
            let expected = cost(search, target, Int(search.matches[target]))
            // Sums of at most 605 numbers above 0, in another order.
            #expect(abs(search.costs[target] - expected) <= 1e-4 * expected)
        }
    }

    @Test(arguments: [0, guideWeight], [20, Int.max])
    func costsFallAndMatchesAreSources(guideWeight: Float, searchRadius: Int) {
        let search = search(guideWeight: guideWeight, searchRadius: searchRadius)
        let targets = targets(search)
        var before = [Float](repeating: .infinity, count: search.grid.stride * 2 * Self.side)
        var sums: [Float] = []
        for number in 0 ..< 8 {
            search.sweep(number, random: RandomSource(seed: 2))
            for target in targets where search.matches[target] >= 0 {
                #expect(search.isSource[Int(search.matches[target])])
                // What a neighbour suggests may be worse by 1 / 0.95, whichever of the two it is.
                #expect(search.costs[target] <= before[target] / 0.95 * 1.00001)
                before[target] = search.costs[target]
            }
            sums.append(targets.reduce(0) { $0 + search.costs[$1] })
        }
        // All have found something in a random square of the whole picture, and bettered it since.
        #expect(targets.allSatisfy { search.matches[$0] >= 0 })
        #expect(sums[7] < sums[1])
    }

    /// A quarter of a million targets; in one go a sweep would take half a second of two cores.
    @Test func aSweepOfAWideHoleIsInParts() {
        let side = 512
        let hole = box(side, rows: 4 ..< side - 4, columns: 4 ..< side - 4)
        let level = PatchLevel(
            picture(side, side) { _, _, _ in 0 }, hole: hole, blocked: hole, textureWeight: 50)
        let search = PatchSearch(
            level, radius: 1, smoothnessPenalty: 0, guideWeight: 0, guideBlur: 1, searchRadius: 8)
        let counts = withThreads([1, 2, 64]) {
            search.sweeping(0, random: RandomSource(seed: 1)).count
        }
        #expect(counts == [4, 4, 1])
        #expect(search.copying().count == 5)
    }

    @Test func aPlaceCostsMoreThatSeveralPixelsAreCopiedFrom() {
        let penalty: Float = 700
        let search = PatchSearch(
            level(), radius: 3, smoothnessPenalty: Self.penalty, guideWeight: 0, guideBlur: 2,
            repetitionPenalty: penalty, searchRadius: .max)
        let random = RandomSource(seed: 6)
        for number in 0 ..< 6 {
            search.sweep(number, random: random)
            if number % 2 == 1 { search.copy() }
        }
        #expect(
            (0 ..< search.usage.count).reduce(0) { $0 + search.usage[$1] }
                == Float(search.holePixels.count))
        search.sweep(6, random: random)
        for (number, target) in targets(search).enumerated() where number % 7 == 0 {
            let match = Int(search.matches[target])
            let expected =
                cost(search, target, match) + penalty * max(search.usage[match] - 1, 0)
            #expect(abs(search.costs[target] - expected) <= 1e-4 * expected)
        }
    }

    @Test func knownPatchesAreMatchedWithOthersFarEnough() {
        let (level, least) = (level(), 9)
        let near = hole.grown(by: 6).isHole
        let search = PatchSearch(
            level, radius: 2, smoothnessPenalty: 0, guideWeight: 0, guideBlur: 1,
            searchRadius: .max, targets: .known(near: near, leastShift: least))
        for number in 0 ..< 4 { search.sweep(number, random: RandomSource(seed: 8)) }
        #expect(!targets(search).isEmpty)
        for target in targets(search) {
            let (row, column) = search.grid.pixel(target)
            #expect(near[row * Self.side + column] && search.isSource[target])
            guard search.matches[target] >= 0 else { continue }
            let match = search.grid.pixel(Int(search.matches[target]))
            #expect(max(abs(match.row - row), abs(match.column - column)) >= least)
        }
    }

    @Test func sourcesAreWholeAndTouchNeitherAHoleNorWhatIsAvoided() {
        let search = search(radius: 2)
        let blocked = union(hole, avoided)
        for y in 0 ..< Self.side {
            for x in 0 ..< Self.side {
                let isSource = (y - 2 ... y + 2).allSatisfy { row in
                    (x - 2 ... x + 2).allSatisfy { column in
                        (0 ..< Self.side).contains(row) && (0 ..< Self.side).contains(column)
                            && !blocked.isHole[row * Self.side + column]
                    }
                }
                #expect(search.isSource[search.grid.index(y, x)] == isSource)
            }
        }
        #expect(search.holePixels.count == hole.holeCount)
    }

    @Test func aPixelCountsLessTheDeeperItLiesOnAllSidesAlike() {
        // A hole that is its own mirror image in both directions and along both diagonals.
        let hole = PixelMask(
            height: 33, width: 33,
            isHole: (0 ..< 33 * 33).map { abs($0 / 33 - 16) + abs($0 % 33 - 16) <= 9 })
        let level = PatchLevel(
            noise(33, 33), hole: hole, blocked: hole, textureWeight: 50)
        let search = PatchSearch(
            level, radius: 2, smoothnessPenalty: 0, guideWeight: 0, guideBlur: 1,
            searchRadius: .max)
        func confidence(_ y: Int, _ x: Int) -> Float {
            search.confidences[search.grid.index(y + 16, x + 16)]
        }
        for y in -16 ... 16 {
            for x in -16 ... 16 {
                #expect((confidence(y, x) < 1) == (abs(y) + abs(x) <= 9))
                for (row, column) in [(-y, x), (y, -x), (x, y), (-x, -y)] {
                    #expect(confidence(y, x) == confidence(row, column))
                }
                if x > 0 && y == 0 { #expect(confidence(0, x) >= confidence(0, x - 1)) }
            }
        }
    }

    @Test func aCopyTakesOnlyWhatIsKnown() {
        let search = search()
        for number in 0 ..< 2 { search.sweep(number, random: RandomSource(seed: 3)) }
        search.copy()
        let channels = PatchLevel.channels
        let blocked = union(hole, avoided)
        var known: Set<[Float]> = []
        for y in 0 ..< Self.side {
            for x in 0 ..< Self.side {
                guard !blocked.isHole[y * Self.side + x] else { continue }
                let place = search.grid.index(y, x) * channels
                known.insert((0 ..< channels).map { search.features[place + $0] })
            }
        }
        for pixel in search.holePixels {
            let copied = (0 ..< channels).map { search.features[Int(pixel) * channels + $0] }
            #expect(known.contains(copied))
        }
    }
}
