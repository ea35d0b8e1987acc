import Glibc
import TesseraInverse
import TesseraTensor

/// The patches around a hole, at one size, and for each the known patch that is most like it.
package final class PatchSearch {
    package let grid: PatchGrid

    /// What patches are compared by; in the hole an estimate.
    package let features: Plane<Float>

    /// What each number of the features counts in a comparison: less where it is an estimate.
    package let weights: Plane<Float>

    /// What each pixel counts: 1 if it is known, less the deeper in the hole.
    package let confidences: Plane<Float>

    /// What is compared of each pixel alone, four numbers side by side: the guide's blurred colours, and how
    /// much texture there is around it, in 8-bit levels; in the hole what is expected.
    package let looks: Plane<Float>

    /// What a squared difference of the guide's colours counts; 0 without a guide.
    let guideWeight: Float

    /// Whether the patch around a pixel is wholly known and may be copied.
    package let isSource: Plane<Bool>

    /// Where the patches lie that are matched, row by row of the level.
    package let targetRows: [[Int32]]

    /// The number of those patches.
    let targetCount: Int

    /// The pixels of the hole.
    package let holePixels: [Int32]

    /// The place of the most similar known patch of each target; below 0 for others, or where none is known.
    package let matches: Plane<Int32>

    /// What they were before the sweep that is on.
    let matchesBefore: Plane<Int32>

    /// How different they are.
    package let costs: Plane<Float>

    /// How many pixels of the hole were last copied from each place.
    package let usage: Plane<Float>

    /// The places that pixels of the hole were last copied from.
    var copied: Plane<Int32>?

    /// What a match costs for each pixel but one that is copied from its middle.
    let repetitionPenalty: Float

    /// How far places are drawn at random around a match, in pixels.
    let searchRadius: Int

    /// What a squared lack of texture counts.
    ///
    /// Two textures that are not the same differ by the variances of both, so that flat patches are nearer to any
    /// texture than its like is: this makes up for it.
    let smoothnessPenalty: Float

    /// How far a match lies away at least, in pixels along rows or columns.
    let leastShift: Int

    /// Which patches are matched.
    package enum Targets {
        /// Those that touch the hole.
        case hole

        /// Known ones with their middle in an area, each with another that is shifted by so much at least.
        case known(near: [Bool], leastShift: Int)
    }

    /// What a pixel of the hole counts less for each pixel of distance from what is known.
    private static let confidenceBase: Float = 1.3

    /// Looks at a level.
    ///
    /// - Parameters:
    ///   - level: The level; its features in the hole are the first estimate.
    ///   - radius: How far a patch reaches from its middle.
    ///   - smoothnessPenalty: What a squared lack of texture counts.
    ///   - guideWeight: What the guide counts; 0 for no guide.
    ///   - guideBlur: How far the guide is blurred, in pixels.
    ///   - repetitionPenalty: What a match costs for each pixel but one that is copied from its middle.
    ///   - searchRadius: How far places are drawn at random around a match, in pixels.
    ///   - kind: Which patches are matched.
    package init(
        _ level: PatchLevel, radius: Int, smoothnessPenalty: Float, guideWeight: Float,
        guideBlur: Float, repetitionPenalty: Float = 0, searchRadius: Int,
        targets kind: Targets = .hole
    ) {
        let grid = PatchGrid(height: level.height, width: level.width, radius: radius)
        let channels = PatchLevel.channels
        self.grid = grid
        self.guideWeight = guideWeight
        // A row of a patch is read in whole panels.
        features = Plane(count: grid.count * channels + 16, repeating: 0)
        weights = Plane(count: grid.count * channels + 16, repeating: 0)
        confidences = Plane(count: grid.count, repeating: 0)
        isSource = Plane(count: grid.count, repeating: false)
        matches = Plane(count: grid.count, repeating: -1)
        usage = Plane(count: grid.count, repeating: 0)
        self.repetitionPenalty = repetitionPenalty
        matchesBefore = Plane(count: grid.count, repeating: -1)
        costs = Plane(count: grid.count, repeating: 0)
        looks = PatchSearch.looks(level, grid, guideBlur: guideWeight > 0 ? guideBlur : nil)
        self.smoothnessPenalty = smoothnessPenalty
        self.searchRadius = searchRadius
        let depths = PatchSearch.depths(
            level.isHole, height: level.height, width: level.width)
        let isTarget: [Bool]
        switch kind {
        case .hole:
            isTarget =
                PixelMask(height: grid.height, width: grid.width, isHole: level.isHole)
                .grown(by: radius).isHole
            leastShift = 0
        case .known(let near, let least): (isTarget, leastShift) = (near, least)
        }
        let isBlocked = PixelMask(height: grid.height, width: grid.width, isHole: level.isBlocked)
            .grown(by: radius).isHole
        var targetRows: [[Int32]] = []
        var holePixels: [Int32] = []
        for y in 0 ..< grid.height {
            let (row, first) = (y * grid.width, grid.index(y, 0))
            (features.values + first * channels).update(
                from: level.features.values + row * channels, count: grid.width * channels)
            let isInside = y >= radius && y < grid.height - radius
            var targets: [Int32] = []
            for x in 0 ..< grid.width {
                let place = first + x
                let confidence =
                    level.isHole[row + x] ? pow(PatchSearch.confidenceBase, -depths[row + x]) : 1
                confidences[place] = confidence
                (weights.values + place * channels).update(repeating: confidence, count: channels)
                isSource[place] =
                    isInside && x >= radius && x < grid.width - radius && !isBlocked[row + x]
                if isTarget[row + x] && (leastShift == 0 || isSource[place]) {
                    targets.append(Int32(place))
                }
                if level.isHole[row + x] { holePixels.append(Int32(place)) }
            }
            targetRows.append(targets)
        }
        self.targetRows = targetRows
        self.holePixels = holePixels
        targetCount = targetRows.reduce(0) { $0 + $1.count }
    }

    /// The place of a pixel, if the patch around it may be copied.
    func sourcePlace(_ row: Int, _ column: Int) -> Int32? {
        guard row >= 0 && row < grid.height && column >= 0 && column < grid.width else {
            return nil
        }
        let place = grid.index(row, column)
        return isSource[place] ? Int32(place) : nil
    }

    /// The number of patches that may be copied.
    var sourceCount: Int { (0 ..< grid.count).count { isSource[$0] } }

    private static func looks(
        _ level: PatchLevel, _ grid: PatchGrid, guideBlur: Float?
    ) -> Plane<Float> {
        let count = level.height * level.width
        let colours = Plane<Float>(count: guideBlur == nil ? 0 : 3 * count, repeating: 0)
        if let guideBlur {
            for pixel in 0 ..< count {
                for c in 0 ..< 3 {
                    colours[3 * pixel + c] = level.features[PatchLevel.channels * pixel + c]
                }
            }
            BoxBlur(standardDeviation: guideBlur).apply(
                to: colours, height: level.height, width: level.width, channels: 3)
        }
        let looks = Plane<Float>(count: grid.count * 4, repeating: 0)
        for pixel in 0 ..< count {
            let look = looks.values + 4 * grid.index(pixel / level.width, pixel % level.width)
            if guideBlur != nil { for c in 0 ..< 3 { look[c] = colours[3 * pixel + c] } }
            look[3] = level.texture(pixel)
        }
        return looks
    }

    /// The distance of each missing pixel from the known ones, in pixels, by steps of 3 and 4 thirds.
    ///
    /// G. Borgefors, "Distance Transformations in Digital Images", CVGIP 1986. Beyond the border of the
    /// picture nothing is known.
    private static func depths(_ isHole: [Bool], height: Int, width: Int) -> [Float] {
        var depths = isHole.map { $0 ? Float.infinity : 0 }
        func relax(_ pixel: Int, _ x: Int, _ isForward: Bool) {
            let (row, next) = isForward ? (pixel - width, pixel - 1) : (pixel + width, pixel + 1)
            var depth = depths[pixel]
            if isForward ? x > 0 : x + 1 < width { depth = min(depth, depths[next] + 1) }
            guard row >= 0 && row < depths.count else { return depths[pixel] = depth }
            depth = min(depth, depths[row] + 1)
            if x > 0 { depth = min(depth, depths[row - 1] + 4 / 3) }
            if x + 1 < width { depth = min(depth, depths[row + 1] + 4 / 3) }
            depths[pixel] = depth
        }
        for pixel in depths.indices where isHole[pixel] { relax(pixel, pixel % width, true) }
        for pixel in depths.indices.reversed() where isHole[pixel] {
            relax(pixel, pixel % width, false)
        }
        return depths
    }
}
