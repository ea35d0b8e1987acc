package import TesseraInverse
package import TesseraTensor

/// Copies known pixels into a hole so that no border shows.
///
/// Differences between neighbours in the hole are those between the pixels that they are copied from; where
/// two neighbours are copied from different surroundings, one of the two counts, because their mean would be
/// smoother than both.
package struct SeamlessCopy {
    /// The pixels to fill.
    let hole: PixelMask

    /// Whether each pixel may not be copied, nor its differences.
    private let isBlocked: [Bool]

    /// For each pixel the one that it is copied from; itself if from none.
    private let sources: [Int]

    /// The pixels of the hole.
    private let places: [Int]

    /// How strongly each value is drawn to the copied one, beside its neighbours.
    private static let pull: Float = 0.05

    /// How far the colours of copies follow those of the guide, in pixels.
    private static let guideDeviation: Float = 8

    /// Plans a copy.
    ///
    /// - Parameters:
    ///   - hole: The pixels to fill.
    ///   - sources: For each of them, in reading order, the pixel that it is copied from; itself if from none.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    package init(into hole: PixelMask, from sources: [Int], avoiding avoided: PixelMask? = nil) {
        self.hole = hole
        isBlocked = zip(hole.isHole, (avoided ?? hole).isHole).map { $0 || $1 }
        places = hole.isHole.indices.filter { hole.isHole[$0] }
        var all = Array(hole.isHole.indices)
        for (place, source) in zip(places, sources) { all[place] = source }
        self.sources = all
    }

    /// Fills the hole, all at once.
    ///
    /// - Parameters:
    ///   - pixels: The picture, `[1, H, W, C]`; what its hole has stands where nothing is copied.
    ///   - isGuided: Whether the hole of the picture has a fill whose colours are right.
    /// - Returns: The picture with its hole filled.
    package func apply(to pixels: Tensor<Float>, isGuided: Bool) -> Tensor<Float> {
        let solution = solution(in: pixels, isGuided: isGuided)
        while solution.next() {}
        return solution.result()
    }

    /// Begins to fill the hole; see ``apply(to:isGuided:)``.
    func solution(in pixels: Tensor<Float>, isGuided: Bool) -> SeamSolution {
        let channels = pixels.shape[3]
        guard let area = PixelArea(around: places, height: hole.height, width: hole.width) else {
            return SeamSolution(in: pixels, of: [], at: [])
        }
        let goals = goals(pixels, isGuided: isGuided)
        let equation = PoissonEquation(
            isHole: area.part(of: hole.isHole), height: area.height, width: area.width,
            pull: Self.pull)
        let solutions = pixels.withUnsafeBuffer { pixels in
            ThreadPool.map(count: channels) { channel in
                func value(_ pixel: Int) -> Float { pixels[pixel * channels + channel] }
                var start = [Float](repeating: 0, count: area.height * area.width)
                var right = start
                for (number, place) in places.enumerated() {
                    let i = area.index(place)
                    start[i] = goals[number * channels + channel]
                    right[i] = Self.pull * start[i]
                    forEachNeighbour(of: place) { step in
                        right[i] += difference(place, step, value)
                        if !hole.isHole[place + step] { right[i] += value(place + step) }
                    }
                }
                return equation.solution(right, from: start)
            }
        }
        return SeamSolution(
            in: pixels, of: solutions, at: places.map { ($0, area.index($0)) })
    }

    /// The copied values, and their low frequencies made those of the guide.
    private func goals(_ pixels: Tensor<Float>, isGuided: Bool) -> Plane<Float> {
        let channels = pixels.shape[3]
        let goals = Plane<Float>(count: places.count * channels, repeating: 0)
        pixels.withUnsafeBuffer { pixels in
            for (number, place) in places.enumerated() {
                for c in 0 ..< channels {
                    goals[number * channels + c] = pixels[sources[place] * channels + c]
                }
            }
            guard isGuided else { return }
            let differences = Plane<Float>(count: pixels.count, repeating: 0)
            for (number, place) in places.enumerated() {
                for i in place * channels ..< (place + 1) * channels {
                    differences[i] = pixels[i] - goals[number * channels + i - place * channels]
                }
            }
            BoxBlur(standardDeviation: Self.guideDeviation).apply(
                to: differences, height: hole.height, width: hole.width, channels: channels)
            for (number, place) in places.enumerated() {
                for c in 0 ..< channels {
                    goals[number * channels + c] += differences[place * channels + c]
                }
            }
        }
        return goals
    }

    /// Goes over the steps to the neighbours of a pixel that lie in the picture.
    private func forEachNeighbour(of place: Int, _ body: (Int) -> Void) {
        let x = place % hole.width
        if place >= hole.width { body(-hole.width) }
        if place + hole.width < hole.isHole.count { body(hole.width) }
        if x > 0 { body(-1) }
        if x + 1 < hole.width { body(1) }
    }

    /// What the value of a pixel less that of its neighbour is to be; 0 if neither copy tells.
    ///
    /// Of two copies that of the pixel further on counts, so that both pixels agree.
    private func difference(_ place: Int, _ step: Int, _ value: (Int) -> Float) -> Float {
        let other = place + step
        let (own, its) = (sources[place], sources[other])
        let isOwn = own != place && arePair(own, own + step)
        let isIts = hole.isHole[other] && its != other && arePair(its - step, its)
        if isIts && (step > 0 || !isOwn) { return value(its - step) - value(its) }
        return isOwn ? value(own) - value(own + step) : 0
    }

    /// Whether two pixels, a step apart in memory, are neighbours that may be copied.
    private func arePair(_ first: Int, _ second: Int) -> Bool {
        let pixels = isBlocked.indices
        return pixels.contains(first) && pixels.contains(second) && !isBlocked[first]
            && !isBlocked[second] && abs(first % hole.width - second % hole.width) <= 1
    }
}
