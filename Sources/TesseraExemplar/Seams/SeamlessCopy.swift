import TesseraInverse
import TesseraTensor

/// Copies known pixels into a hole so that no border shows.
///
/// Differences between neighbours in the hole are those between the pixels that they are copied from; where
/// two neighbours are copied from different surroundings, the mean of both.
struct SeamlessCopy {
    /// The pixels to fill.
    let hole: PixelMask

    /// For each pixel of the hole, in reading order, the pixel that it is copied from; itself if from none.
    let sources: [Int]

    var seamMode: Int { Int(ExemplarFill.knob("seam", 0)) }

    /// Fills the hole.
    ///
    /// - Parameters:
    ///   - pixels: The picture, `[1, H, W, C]`; what its hole has stands where nothing is copied.
    ///   - isSeamless: Whether borders are hidden, or pixels just copied.
    /// - Returns: The picture with its hole filled.
    func apply(to pixels: Tensor<Float>, isSeamless: Bool) -> Tensor<Float> {
        let (width, channels) = (hole.width, pixels.shape[3])
        let places = hole.isHole.indices.filter { hole.isHole[$0] }
        guard let bounds = PixelBounds(places, width: width) else { return pixels }
        var filled = pixels
        // A border of known pixels around what is unknown.
        let area = bounds.widened(height: hole.height, width: width)
        let local = places.map { area.index($0, width: width) }
        var source = [Int](repeating: -1, count: hole.isHole.count)
        for (place, from) in zip(places, sources) { source[place] = from }
        let equation = isSeamless
            ? PoissonEquation(
                isHole: area.window(hole.isHole, width: width), height: area.height,
                width: area.width) : nil
        let solutions = Plane<Float>(count: places.count * channels, repeating: 0)
        pixels.withUnsafeBuffer { pixels in
            ThreadPool.run(count: channels) { channel in
                func value(_ pixel: Int) -> Float { pixels[pixel * channels + channel] }
                var start = [Float](repeating: 0, count: area.height * area.width)
                var right = start
                for (place, i) in zip(places, local) {
                    start[i] = value(source[place])
                    guard isSeamless else { continue }
                    for step in neighbours(of: place) {
                        right[i] += difference(place, step, source, value)
                        if !hole.isHole[place + step] { right[i] += value(place + step) }
                    }
                }
                let solved = equation?.solve(right, from: start) ?? start
                for (number, i) in local.enumerated() {
                    solutions[number * channels + channel] = min(max(solved[i], -1), 1)
                }
            }
        }
        filled.withUnsafeMutableBuffer { filled in
            for (number, place) in places.enumerated() {
                for c in 0 ..< channels {
                    filled[place * channels + c] = solutions[number * channels + c]
                }
            }
        }
        return filled
    }

    /// The steps to the neighbours of a pixel that lie in the picture.
    private func neighbours(of place: Int) -> [Int] {
        let (y, x) = (place / hole.width, place % hole.width)
        var steps: [Int] = []
        if y > 0 { steps.append(-hole.width) }
        if y + 1 < hole.height { steps.append(hole.width) }
        if x > 0 { steps.append(-1) }
        if x + 1 < hole.width { steps.append(1) }
        return steps
    }

    /// What the value of a pixel less that of its neighbour is to be.
    private func difference(
        _ place: Int, _ step: Int, _ source: [Int], _ value: (Int) -> Float
    ) -> Float {
        var sum: Float = 0
        var count: Float = 0
        let mode = seamMode
        // Both pixels of a pair must be known and neighbours in the picture.
        func add(_ first: Int, _ second: Int) {
            let pixels = hole.isHole.indices
            let isPair =
                pixels.contains(first) && pixels.contains(second) && !hole.isHole[first]
                && !hole.isHole[second]
                && abs(first % hole.width - second % hole.width) <= 1
            guard isPair else { return }
            let d = value(first) - value(second)
            if mode == 1 { if abs(d) > abs(sum) { sum = d }; count = 1; return }
            if mode == 2 { if count == 0 || step > 0 { sum = d; count = 1 }; return }
            sum += d
            count += 1
        }
        if source[place] != place { add(source[place], source[place] + step) }
        let other = place + step
        if hole.isHole[other] && source[other] != other { add(source[other] - step, source[other]) }
        return count > 0 ? sum / count : 0
    }
}

/// A rectangle of pixels.
private struct PixelBounds {
    var top: Int
    var left: Int
    var bottom: Int
    var right: Int

    var height: Int { bottom - top }
    var width: Int { right - left }

    /// What pixels lie in; `nil` if there are none.
    init?(_ places: [Int], width: Int) {
        guard let first = places.first, let last = places.last else { return nil }
        (top, bottom) = (first / width, last / width + 1)
        (left, right) = (width, 0)
        for place in places {
            left = min(left, place % width)
            right = max(right, place % width + 1)
        }
    }

    /// A pixel more on each side, within a picture.
    ///
    /// At the picture's own border there is none, and nothing pulls from there.
    func widened(height: Int, width: Int) -> PixelBounds {
        var wide = self
        wide.top = max(top - 1, 0)
        wide.left = max(left - 1, 0)
        wide.bottom = min(bottom + 1, height)
        wide.right = min(right + 1, width)
        return wide
    }

    func index(_ place: Int, width: Int) -> Int {
        (place / width - top) * self.width + place % width - left
    }

    func window(_ flags: [Bool], width: Int) -> [Bool] {
        (top ..< bottom).flatMap { flags[$0 * width + left ..< $0 * width + right] }
    }
}
