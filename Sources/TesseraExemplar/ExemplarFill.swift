import Glibc
public import TesseraInverse
public import TesseraTensor

/// Fills holes with pixels of the same picture, guided by what a model says goes where.
///
/// Patches around the hole are matched to known ones from coarse to fine, by colours and texture; each pixel
/// of the hole is then copied from one place, and the borders between copies are hidden.
///
///     let whole = ExemplarFill().fill(pixels, hole: hole, guide: softFill)
///
/// After Y. Wexler, E. Shechtman and M. Irani, "Space-Time Completion of Video", PAMI 2007, and C. Barnes et
/// al., "PatchMatch", SIGGRAPH 2009, with texture as A. Newson et al., "Video Inpainting of Complex Scenes",
/// SIAM Journal on Imaging Sciences 2014. New are the guide, what flat patches are charged
/// (``smoothnessPenalty``), and estimates that copy one match instead of averaging several. What each
/// setting is worth stands in `Documentation/Decisions/0032-exemplars.md`.
public struct ExemplarFill: Sendable {
    /// How far a patch reaches from its middle, in pixels; at least 1.
    public var patchRadius = 5

    /// What a squared difference of textures counts, beside one of colours; above 0.
    public var textureWeight: Float = 50

    /// What a squared lack of texture counts, beside a squared difference of colours; 0 or more.
    public var smoothnessPenalty: Float = 10

    /// What a squared difference of the guide's blurred colours counts; 0 or more.
    public var guideWeight: Float = 3

    /// How far the guide is blurred, in pixels.
    public var guideBlur: Float = 3

    /// How often matches are bettered and the hole estimated anew: at the finest level, and at coarser ones, the
    /// last for all that are left; at least one count.
    public var roundCounts = [8, 6, 4, 3]

    /// The seed of all random choices.
    public var seed: UInt64 = 0

    /// What keys the random choices of this picture.
    public var key: UInt64 = 0

    /// Makes a fill as it is usually done.
    public init() {}

    /// How far places are drawn at random around a match but at the coarsest level, in pixels: the side of the
    /// photographs that settings were chosen on, where more helps a little.
    private static let searchRadius = 256

    /// The least number of patches to copy from, at any size.
    private static let leastSourceCount = 20

    /// Fills the hole of a picture.
    ///
    /// Pixels are copied with all their channels. Patches are compared by the first three; of a picture with
    /// fewer, gray or gray and alpha, by the first alone.
    ///
    /// **Edge cases:** without a hole the result is the picture.
    ///
    /// - Parameters:
    ///   - pixels: The picture; what its hole has is not read. Shape `[1, H, W, C]`, C from 1 to 4, values
    ///     in [-1, 1].
    ///   - hole: The pixels to fill, of the picture's size.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - guide: The picture with its hole filled softly, of the same shape; `nil` for none.
    /// - Returns: The picture, known pixels bit for bit, or `nil` if there is too little to copy from.
    /// - Complexity: About 2,000 comparisons of patches for each pixel of the hole; some 60 bytes for each
    ///   pixel of the picture.
    public func fill(
        _ pixels: Tensor<Float>, hole: PixelMask, avoiding avoided: PixelMask? = nil,
        guide: Tensor<Float>? = nil
    ) -> Tensor<Float>? {
        let inpainting = Inpainting(mask: hole)
        precondition(
            (1 ... 4).contains(pixels.shape.last ?? 0),
            "A picture has 1 to 4 channels, but got pixels of shape \(pixels.shape)")
        precondition(
            avoided.map { $0.height == hole.height && $0.width == hole.width } ?? true,
            "What is to be avoided must have the size of the mask, \(hole.width) x \(hole.height)")
        guard hole.holeCount > 0 else { return pixels }
        let start = inpainting.projectOntoMeasurement(
            guide ?? inpainting.smoothlyFilled(pixels), measurement: pixels)
        var coarser: PatchSearch?
        var levels = levels(start, hole, avoided)
        while let level = levels.popLast() {
            coarser = search(level, levels.count, from: coarser, isGuided: guide != nil)
        }
        guard let finest = coarser else { return nil }
        let places = finest.choosePlaces(scale: finest.usualCost)
        let sources = finest.holePixels.enumerated().map { number, place in
            let from = finest.grid.pixel(Int(places[number] >= 0 ? places[number] : place))
            return from.row * hole.width + from.column
        }
        return SeamlessCopy(into: hole, from: sources, avoiding: avoided)
            .apply(to: start, isGuided: guide != nil)
    }

    /// The picture at its size, at half of it, and so on, until some eight pixels of the widest hole are left.
    private func levels(
        _ start: Tensor<Float>, _ hole: PixelMask, _ avoided: PixelMask?
    ) -> [PatchLevel] {
        var side = 64
        while side < max(hole.height, hole.width) && hole.hasHole(ofSide: side * 2) { side *= 2 }
        let count = Int(log2(Double(side / 8))) + 1
        var levels = [
            PatchLevel(
                start.firstColours, hole: hole, blocked: avoided ?? hole,
                textureWeight: textureWeight)
        ]
        while levels.count < count {
            let last = levels[levels.count - 1]
            guard min(last.height, last.width) >= 2 else { break }
            levels.append(last.halved())
        }
        return levels
    }

    /// Matches the patches of one level.
    ///
    /// - Returns: The matches, or `nil` if there is too little to copy from.
    private func search(
        _ level: PatchLevel, _ number: Int, from coarser: PatchSearch?, isGuided: Bool
    ) -> PatchSearch? {
        let search = PatchSearch(
            level, radius: min(level.height, level.width) >= 48 ? patchRadius : 2,
            smoothnessPenalty: smoothnessPenalty, guideWeight: isGuided ? guideWeight : 0,
            guideBlur: max(guideBlur / Float(1 << number), 0.6),
            searchRadius: coarser == nil ? .max : Self.searchRadius)
        guard search.sourceCount >= Self.leastSourceCount else { return nil }
        if let coarser {
            search.startMatches(from: coarser)
            search.average()
        }
        let random = RandomSource(seed: seed, key: key &+ UInt64(number))
        for round in 0 ..< roundCounts[min(number, roundCounts.count - 1)] {
            for sweep in 0 ..< 2 { search.sweep(2 * round + sweep, random: random) }
            search.copy(scale: search.usualCost)
        }
        return search
    }
}

extension Tensor<Float> {
    /// The first three channels of a picture, or three times the first, if it has one or two.
    ///
    /// Shape `[1, H, W, 3]`.
    fileprivate var firstColours: Tensor {
        let channels = shape[3]
        guard channels != 3 else { return self }
        return withUnsafeBuffer { pixels in
            Tensor(shape: [1, shape[1], shape[2], 3]) { colours in
                for i in 0 ..< colours.count {
                    let channel = channels < 3 ? 0 : i % 3
                    colours.initializeElement(at: i, to: pixels[i / 3 * channels + channel])
                }
            }
        }
    }
}
