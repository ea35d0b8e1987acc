import Glibc
public import TesseraInverse
public import TesseraTensor

/// Fills holes with pixels of the same picture, guided by what a model says goes where.
///
/// Patches around the hole are matched to known ones from coarse to fine, by colours and texture; each pixel
/// of the hole is then copied from one place, and the borders between copies are hidden.
///
///     let fill = ExemplarFill()
///     let whole = fill.fill(pixels, hole: hole, guide: softFill)
///
/// After Y. Wexler, E. Shechtman and M. Irani, "Space-Time Completion of Video", PAMI 2007, and C. Barnes et
/// al., "PatchMatch", SIGGRAPH 2009; texture as A. Newson et al., "Video Inpainting of Complex Scenes", SIAM
/// Journal on Imaging Sciences 2014.
public struct ExemplarFill: Sendable {
    /// How far a patch reaches from its middle, in pixels.
    public var patchRadius = 4

    /// What a squared difference of textures counts, beside one of colours.
    public var textureWeight: Float = 50

    /// What a squared difference of the guide's blurred colours counts; 0 for none.
    public var guideWeight: Float = 1

    /// How far the guide is blurred, in pixels.
    public var guideBlur: Float = 3

    /// How often matches are bettered and the hole estimated anew: at the finest level, and at coarser ones.
    public var roundCounts = [8, 6, 4, 3]

    /// The seed of all random choices.
    public var seed: UInt64 = 0

    /// What keys the random choices of this picture.
    public var key: UInt64 = 0

    /// Whether the borders between copies are hidden.
    public var isSeamless = true

    /// Makes a fill as it is usually done.
    public init() {}
    nonisolated(unsafe) public static var knobs: [String: Float] = [:]
    static func knob(_ n: String, _ d: Float) -> Float { knobs[n] ?? d }

    /// The least number of patches to copy from, at any size.
    private static let leastSourceCount = 20

    /// Fills the hole of a picture.
    ///
    /// - Parameters:
    ///   - pixels: The picture; what its hole has is not read. Shape `[1, H, W, C]`, values in [-1, 1].
    ///   - hole: The pixels to fill.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - guide: The picture with its hole filled softly, of shape `[1, H, W, 3]`; `nil` for none.
    /// - Returns: The picture, known pixels bit for bit, or `nil` if there is too little to copy from.
    public func fill(
        _ pixels: Tensor<Float>, hole: PixelMask, avoiding avoided: PixelMask? = nil,
        guide: Tensor<Float>? = nil
    ) -> Tensor<Float>? {
        let first = guide ?? Inpainting(mask: hole).smoothlyFilled(pixels)
        let start = Inpainting(mask: hole).projectOntoMeasurement(first, measurement: pixels)
        var levels = [
            PatchLevel(
                start, hole: hole, blocked: avoided ?? hole, textureWeight: textureWeight)
        ]
        for _ in 1 ..< max(levelCount(of: hole), 1)
        where min(levels[levels.count - 1].height, levels[levels.count - 1].width) >= 2 {
            levels.append(levels[levels.count - 1].halved())
        }
        let random = RandomSource(seed: seed, key: key)
        var search: PatchSearch?
        for (number, level) in levels.enumerated().reversed() {
            let next = PatchSearch(
                level, radius: min(level.height, level.width) >= 48 ? patchRadius : 2,
                guideWeight: guide == nil ? 0 : guideWeight,
                guideBlur: max(guideBlur / Float(1 << number), 0.6))
            guard next.sourceCount >= Self.leastSourceCount else { continue }
            if let search {
                next.startMatches(from: search)
                next.vote(scale: .infinity)
            }
            let rounds = roundCounts[min(number, roundCounts.count - 1)]
            for round in 0 ..< rounds {
                for sweep in 0 ..< 2 {
                    next.sweep(2 * round + sweep, random: random)
                }
                let scale = max(next.costQuantile(Double(Self.knob("q", 0.6))), 0.2)
                if rounds - round <= Int(Self.knob("sharp\(min(number,3))", 0)) { next.copyPlaces(scale: scale) } else { next.vote(scale: scale) }
            }
            search = next
        }
        guard let search, search.grid.height == hole.height, search.grid.width == hole.width
        else { return nil }
        let places = search.choosePlaces(scale: max(search.costQuantile(Double(Self.knob("qf", 0.6))), 0.2))
        let sources = search.holePixels.enumerated().map { number, place in
            let from = search.grid.pixel(Int(places[number] >= 0 ? places[number] : place))
            return from.row * hole.width + from.column
        }
        return SeamlessCopy(hole: hole, sources: sources).apply(
            to: start, isSeamless: isSeamless)
    }

    /// The number of sizes: at the least one, some eight pixels of the widest hole are left.
    private func levelCount(of hole: PixelMask) -> Int {
        var side = 64
        while side < max(hole.height, hole.width) && hole.hasHole(ofSide: side * 2) { side *= 2 }
        return Int(log2(Double(side / 8))) + 1
    }
}
