import CTesseraKernels
import TesseraTensor

/// Compares the patch of one target with others; each part of a work has one.
final class PatchComparison {
    private let search: PatchSearch
    private let grid: PatchGrid
    private let kernels: TesseraKernels
    private let patch: Plane<Float>
    private let weights: Plane<Float>
    private let starts = Plane<Int>(count: maximumCount, repeating: 0)
    private let places = Plane<Int32>(count: maximumCount, repeating: 0)
    private let distances = Plane<Float>(count: maximumCount, repeating: 0)
    private var count = 0
    private var target = 0

    /// What a match that a neighbour suggests may be worse by, so that what is copied hangs together.
    private static let neighbourFavour: Float = 0.95

    /// The own match and those of two neighbours; or places in squares of up to 2¹⁶ pixels.
    private static let maximumCount = 20

    init(_ search: PatchSearch, _ kernels: TesseraKernels) {
        self.search = search
        self.kernels = kernels
        grid = search.grid
        patch = Plane(count: grid.side * grid.rowWidth, repeating: 0)
        weights = Plane(count: grid.side * grid.rowWidth, repeating: 0)
    }

    /// Looks for a better match of one patch.
    func improve(
        _ place: Int,
        neighbours: (beforeRow: Plane<Int32>, rowStep: Int, columnStep: Int), _ number: Int,
        _ random: RandomSource
    ) {
        gather(place)
        target = place
        count = 0
        let own = search.matches[place]
        if own >= 0 && search.isSource[Int(own)] { add(Int(own)) }
        let ownCount = count
        suggest(neighbours.beforeRow, neighbours.rowStep, to: place)
        suggest(search.matches, neighbours.columnStep, to: place)
        var best: Int32 = -1
        var (cost, least) = (Float.infinity, Float.infinity)
        compare(with: place)
        for i in 0 ..< count {
            let favoured = distances[i] * (i < ownCount ? 1 : PatchComparison.neighbourFavour)
            if favoured < least { (best, cost, least) = (places[i], distances[i], favoured) }
        }
        draw(around: best, for: place, number, random)
        compare(with: place)
        for i in 0 ..< count where distances[i] < cost {
            (best, cost) = (places[i], distances[i])
        }
        search.matches[place] = best
        search.costs[place] = best >= 0 ? cost : 0
    }

    private func add(_ candidate: Int) {
        guard search.leastShift == 0 || isFar(candidate) else { return }
        places[count] = Int32(truncatingIfNeeded: candidate)
        starts[count] =
            (candidate - grid.radius * (grid.stride + 1)) * PatchLevel.channels
        count += 1
    }

    /// Whether a patch lies far enough from the target to be its match.
    private func isFar(_ candidate: Int) -> Bool {
        let (here, there) = (grid.pixel(target), grid.pixel(candidate))
        return max(abs(there.row - here.row), abs(there.column - here.column)) >= search.leastShift
    }

    /// Adds the patch beside what a neighbour matches.
    private func suggest(_ matches: Plane<Int32>, _ step: Int, to place: Int) {
        let match = matches[place + step]
        guard match >= 0 else { return }
        let candidate = Int(match) - step
        if search.isSource[candidate] { add(candidate) }
    }

    /// Adds places in ever smaller squares around a match; around the target, if it has none.
    private func draw(
        around match: Int32, for place: Int, _ number: Int, _ random: RandomSource
    ) {
        count = 0
        let (row, column) = grid.pixel(match >= 0 ? Int(match) : place)
        let (top, bottom) = (grid.radius, grid.height - grid.radius)
        let (left, right) = (grid.radius, grid.width - grid.radius)
        var reach = min(max(grid.height, grid.width), search.searchRadius)
        var words = SIMD4<UInt32>()
        var draw = 0
        func between(_ first: Int, _ end: Int, _ bits: UInt32) -> Int {
            first + (Int(bits) * max(end - first, 1)) >> 16
        }
        while reach >= 1 && draw < PatchComparison.maximumCount {
            if draw % 4 == 0 {
                words = random.bits(step: number, position: place, draw: draw / 4)
            }
            let word = words[draw % 4]
            let candidate = grid.index(
                between(max(row - reach, top), min(row + reach + 1, bottom), word >> 16),
                between(max(column - reach, left), min(column + reach + 1, right), word & 0xFFFF)
            )
            if search.isSource[candidate] { add(candidate) }
            reach /= 2
            draw += 1
        }
    }

    /// Takes the target's patch and its weights.
    private func gather(_ place: Int) {
        let (channels, width) = (PatchLevel.channels, grid.side * PatchLevel.channels)
        var source = (place - grid.radius * (grid.stride + 1)) * channels
        for row in 0 ..< grid.side {
            (patch.values + row * grid.rowWidth).update(
                from: search.features.values + source, count: width)
            (weights.values + row * grid.rowWidth).update(
                from: search.weights.values + source, count: width)
            source += grid.stride * channels
        }
    }

    /// Compares the target with all candidates.
    private func compare(with place: Int) {
        guard count > 0 else { return }
        var job = TesseraPatches(
            patch: patch.values, weights: weights.values, image: search.features.values,
            starts: starts.values, distances: distances.values, rows: grid.side,
            width: grid.rowWidth, imageStride: grid.stride * PatchLevel.channels)
        kernels.patches(&job, 0, count)
        // As much as a squared difference of all channels, of which the mean was taken.
        let guideScale = search.guideWeight / Float(PatchLevel.channels)
        let here = search.looks.values + 4 * place
        for i in 0 ..< count {
            let there = search.looks.values + 4 * Int(places[i])
            var sum: Float = 0
            for c in 0 ..< 3 { sum += (here[c] - there[c]) * (here[c] - there[c]) }
            let missing = max(here[3] - there[3], 0)
            distances[i] += guideScale * sum + search.smoothnessPenalty * missing * missing
            distances[i] += search.repetitionPenalty * max(search.usage[Int(places[i])] - 1, 0)
        }
    }
}
