import Glibc
import TesseraInverse
import TesseraTensor

/// How a picture is continued across a hole by shifts of itself: which shift where, and how well they fit.
///
/// A shift fits a part of the hole if it leads from the known pixels around that part to pixels that look the
/// same.
package struct ShiftedContinuation {
    /// For each target of a search the place that it is shifted to; below 0 if to none that may be copied.
    package let matches: [Int32]

    /// What the best shifts leave of the differences that all shifts have: 0 where the picture repeats itself
    /// exactly, 1 where no shift is better than another or none reaches across the hole.
    package let misfit: Float

    /// How much better the shifts fit than others a few pixels away: 0 where only they do, 1 where the picture
    /// is so smooth that those fit as well.
    package let bluntness: Float

    /// How far away, in pixels.
    private static let detour = 4

    /// How wide the border of known pixels is that is compared, and how many of them at most.
    private static let rim = (width: 6, count: 2048)

    /// The number of squares along the hole for each of which shifts are held against each other.
    private static let squareCount = 16

    /// How far around the middle of a square the border counts, as a part of the hole's root area.
    private static let reach: Float = 0.25

    /// The part of the targets for which there must be a shift.
    private static let leastCovered: Float = 0.95

    /// What a shift's pixels that may be copied must count, beside those of all pixels of the border.
    private static let leastKnown: Float = 0.5

    /// Looks for the shifts.
    ///
    /// - Parameters:
    ///   - level: The picture at its size.
    ///   - search: A search in it, whose targets are to be shifted.
    ///   - coarseShifts: Shifts at half the size.
    package init(of level: PatchLevel, for search: PatchSearch, by coarseShifts: [Shift]) {
        let border = Self.border(of: level)
        let shifts = coarseShifts.map { Self.refined($0, border, level) }
        let differences = shifts.map { shift in
            border.map { Self.difference(level, $0, shift) }
        }
        let holeCount = level.isHole.count { $0 }
        let deviation = Self.reach * Float(holeCount).squareRoot()
        let targets = search.targetRows.joined().map { search.grid.pixel(Int($0)) }
        let side = max(Self.extent(of: targets) / Self.squareCount, 8)
        var fits: [Int: [Float]] = [:]
        let detours = shifts.map { Self.bluntness(of: $0, border, level) }
        var (best, mean, blunt) = (0.0, 0.0, 0.0)
        matches = targets.map { row, column in
            let square = row / side * level.width + column / side
            let fit =
                fits[square]
                ?? Self.fits(
                    at: (
                        Float(row / side * side + side / 2), Float(column / side * side + side / 2)
                    ),
                    border, differences, width: level.width, deviation)
            fits[square] = fit
            var found: (cost: Float, match: Int32, bluntness: Float) = (.infinity, -1, 1)
            for (number, shift) in shifts.enumerated() where fit[number] < found.cost {
                let place = search.sourcePlace(row + shift.rows, column + shift.columns)
                if let place { found = (fit[number], place, detours[number]) }
            }
            let finite = fit.filter(\.isFinite)
            if found.match >= 0 {
                best += Double(found.cost)
                blunt += Double(found.bluntness)
                mean += Double(finite.reduce(0, +)) / Double(finite.count)
            }
            return found.match
        }
        let foundCount = matches.count { $0 >= 0 }
        let isCovered = Float(foundCount) >= Self.leastCovered * Float(matches.count)
        bluntness = foundCount > 0 ? Float(blunt / Double(foundCount)) : 1
        misfit = isCovered && mean > 0 ? Float(best / mean) : 1
    }

    /// Known pixels around the hole.
    private static func border(of level: PatchLevel) -> [Int] {
        let near = PixelMask(height: level.height, width: level.width, isHole: level.isHole)
            .grown(by: rim.width).isHole
        let all = near.indices.filter { near[$0] && !level.isHole[$0] }
        let step = max(all.count / rim.count, 1)
        return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    /// The shift of whole pixels that is nearest to one of half the size and fits the border best.
    private static func refined(_ coarse: Shift, _ border: [Int], _ level: PatchLevel) -> Shift {
        var best = (
            cost: Float.infinity, shift: Shift(rows: 2 * coarse.rows, columns: 2 * coarse.columns)
        )
        for rows in -1 ... 1 {
            for columns in -1 ... 1 {
                let shift = Shift(
                    rows: 2 * coarse.rows + rows, columns: 2 * coarse.columns + columns)
                let cost = meanDifference(level, border, shift)
                if cost < best.cost { best = (cost, shift) }
            }
        }
        return best.shift
    }

    /// What a shift leaves of the differences that the worst of four others has, a few pixels away.
    private static func bluntness(
        of shift: Shift, _ border: [Int], _ level: PatchLevel
    ) -> Float {
        let others = [(-detour, 0), (detour, 0), (0, -detour), (0, detour)].map { rows, columns in
            meanDifference(
                level, border, Shift(rows: shift.rows + rows, columns: shift.columns + columns))
        }
        let most = others.filter(\.isFinite).max() ?? 0
        return most > 0 ? min(meanDifference(level, border, shift) / most, 1) : 1
    }

    /// The mean squared difference of a border and what it is shifted to; infinite if none of that may be copied.
    private static func meanDifference(
        _ level: PatchLevel, _ border: [Int], _ shift: Shift
    ) -> Float {
        let known = border.lazy.map { difference(level, $0, shift) }.filter(\.isFinite)
        let (sum, count) = known.reduce((Float(0), 0)) { ($0.0 + $1, $0.1 + 1) }
        return count > 0 ? sum / Float(count) : .infinity
    }

    /// The squared difference of a pixel and what it is shifted to; infinite if that may not be copied.
    private static func difference(_ level: PatchLevel, _ pixel: Int, _ shift: Shift) -> Float {
        let (row, column) = (pixel / level.width + shift.rows, pixel % level.width + shift.columns)
        guard row >= 0 && row < level.height && column >= 0 && column < level.width else {
            return .infinity
        }
        let other = row * level.width + column
        guard !level.isBlocked[other] else { return .infinity }
        let here = level.features.values + pixel * PatchLevel.channels
        let there = level.features.values + other * PatchLevel.channels
        return (0 ..< PatchLevel.channels).reduce(0) {
            $0 + (here[$1] - there[$1]) * (here[$1] - there[$1])
        }
    }

    /// The longer side of the rectangle around some pixels.
    private static func extent(of pixels: [(row: Int, column: Int)]) -> Int {
        let (rows, columns) = (pixels.lazy.map(\.row), pixels.lazy.map(\.column))
        return max(
            (rows.max() ?? 0) - (rows.min() ?? 0), (columns.max() ?? 0) - (columns.min() ?? 0))
    }

    /// How well each shift fits the border near a pixel; infinite if too little of it can be compared.
    private static func fits(
        at middle: (row: Float, column: Float), _ border: [Int], _ differences: [[Float]],
        width: Int, _ deviation: Float
    ) -> [Float] {
        let weights = border.map { pixel -> Float in
            let (row, column) = (
                Float(pixel / width) - middle.row, Float(pixel % width) - middle.column
            )
            return 1e-6 + exp(-0.5 * (row * row + column * column) / (deviation * deviation))
        }
        let all = weights.reduce(0, +)
        return differences.map { differences in
            var (sum, known): (Float, Float) = (0, 0)
            for (difference, weight) in zip(differences, weights) where difference.isFinite {
                sum += weight * difference
                known += weight
            }
            return known > leastKnown * all ? sum / known : .infinity
        }
    }
}
