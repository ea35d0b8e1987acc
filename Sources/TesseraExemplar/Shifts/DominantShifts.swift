import TesseraInverse
package import TesseraTensor

/// The shifts at which a picture near a hole is most often like itself.
///
/// Where a picture repeats itself they are the periods of what is repeated. K. He and J. Sun, "Statistics of
/// Patch Offsets for Image Completion", ECCV 2012.
package struct DominantShifts {
    /// The shifts, the most frequent first.
    package let shifts: [Shift]

    /// The number of shifts at most.
    private static let maximumCount = 60

    /// How many known patches near the hole are matched.
    private static let patchCount = 1 << 14

    /// How far a patch reaches from its middle.
    private static let patchRadius = 3

    /// How often matches are bettered.
    private static let sweepCount = 4

    /// The longest shift that is counted, in pixels of the level.
    private static let maximumShift = 128

    /// How far counts are blurred, in pixels.
    private static let blur: Float = 1.41

    /// Counts the shifts between known patches and those most like them elsewhere.
    ///
    /// - Parameters:
    ///   - level: The picture at one size.
    ///   - random: The source of places.
    package init(of level: PatchLevel, random: RandomSource) {
        let search = PatchSearch(
            level, radius: Self.patchRadius, smoothnessPenalty: 0, guideWeight: 0, guideBlur: 1,
            searchRadius: Self.maximumShift,
            targets: .known(
                near: Self.surroundings(of: level),
                leastShift: max(max(level.height, level.width) / 15, 2)))
        for number in 0 ..< Self.sweepCount { search.sweep(number, random: random) }
        let side = 2 * Self.maximumShift + 1
        let counts = Plane<Float>(count: side * side, repeating: 0)
        for place in search.targetRows.joined() where search.matches[Int(place)] >= 0 {
            let from = search.grid.pixel(Int(place))
            let to = search.grid.pixel(Int(search.matches[Int(place)]))
            let (rows, columns) = (to.row - from.row, to.column - from.column)
            guard max(abs(rows), abs(columns)) <= Self.maximumShift else { continue }
            // There and back.
            for sign in [-1, 1] {
                let row = sign * rows + Self.maximumShift
                counts[row * side + sign * columns + Self.maximumShift] += 1
            }
        }
        BoxBlur(standardDeviation: Self.blur).apply(
            to: counts, height: side, width: side, channels: 1)
        shifts = Self.peaks(of: counts, side: side)
    }

    /// The pixels around the hole, as many as patches are matched.
    private static func surroundings(of level: PatchLevel) -> [Bool] {
        let hole = PixelMask(height: level.height, width: level.width, isHole: level.isHole)
        var margin = 8
        var near = hole.grown(by: margin)
        while near.holeCount - hole.holeCount < patchCount
            && margin < max(level.height, level.width)
        {
            margin *= 2
            near = hole.grown(by: margin)
        }
        return near.isHole
    }

    /// The shifts that are more frequent than their neighbours.
    private static func peaks(of counts: Plane<Float>, side: Int) -> [Shift] {
        var peaks: [(count: Float, shift: Shift)] = []
        for row in 1 ..< side - 1 {
            for column in 1 ..< side - 1 {
                let place = row * side + column
                let count = counts[place]
                guard count > 0 else { continue }
                let (before, after) = (
                    [-side - 1, -side, -side + 1, -1], [1, side - 1, side, side + 1]
                )
                guard before.allSatisfy({ counts[place + $0] < count }),
                    after.allSatisfy({ counts[place + $0] <= count })
                else { continue }
                peaks.append(
                    (count, Shift(rows: row - maximumShift, columns: column - maximumShift)))
            }
        }
        return peaks.sorted { $0.count > $1.count }.prefix(maximumCount).map(\.shift)
    }
}
