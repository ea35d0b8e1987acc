import Glibc
public import TesseraInverse
public import TesseraTensor

/// Fills holes with pixels of the same picture, guided by what a model says goes where.
///
/// Patches around the hole are matched to known ones from coarse to fine, by colours and texture; each pixel
/// of the hole is then copied from one place, and the borders between copies are hidden. Where the picture repeats
/// itself, as facades, tiles and fences do, it starts from shifts that continue it instead, without a guide.
///
///     let whole = ExemplarFill().fill(pixels, hole: hole, guide: softFill)
///
/// After Y. Wexler, E. Shechtman and M. Irani, "Space-Time Completion of Video", PAMI 2007, and C. Barnes et
/// al., "PatchMatch", SIGGRAPH 2009, with texture as A. Newson et al., "Video Inpainting of Complex Scenes",
/// SIAM Journal on Imaging Sciences 2014. New are the guide, what flat patches are charged
/// (``smoothnessPenalty``), and estimates that copy one match instead of averaging several. What each
/// setting is worth stands in `Documentation/Decisions/0032-exemplars.md` and `0033-shifts.md`.
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

    /// What a match costs, beside squared differences of colours, for each pixel but one that is copied from its
    /// middle; 0 or more.
    public var repetitionPenalty: Float = 100

    /// How often matches are bettered and the hole estimated anew: at the finest level, and at coarser ones, the
    /// last for all that are left; at least one count.
    public var roundCounts = [8, 6, 4, 3]

    /// The seed of all random choices.
    public var seed: UInt64 = 0

    /// What keys the random choices of this picture.
    public var key: UInt64 = 0

    /// Makes a fill as it is usually done.
    public init() {}

    /// Fills the hole of a picture, all at once.
    ///
    /// It is what the steps of ``run(_:hole:avoiding:guide:)`` lead to.
    ///
    /// - Parameters:
    ///   - pixels: The picture; what its hole has is not read. Shape `[1, H, W, C]`, C from 1 to 4, values
    ///     in [-1, 1].
    ///   - hole: The pixels to fill, of the picture's size.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - guide: The picture with its hole filled softly, of the same shape; `nil` for none.
    /// - Returns: The picture, known pixels bit for bit, or `nil` if there is too little to copy from.
    public func fill(
        _ pixels: Tensor<Float>, hole: PixelMask, avoiding avoided: PixelMask? = nil,
        guide: Tensor<Float>? = nil
    ) -> Tensor<Float>? {
        run(pixels, hole: hole, avoiding: avoided, guide: guide).result()
    }

    /// Begins to fill the hole of a picture.
    ///
    /// Pixels are copied with all their channels. Patches are compared by the first three; of a picture with
    /// fewer, gray or gray and alpha, by the first alone.
    ///
    /// **Edge cases:** without a hole there are no steps, and the result is the picture.
    ///
    /// - Parameters:
    ///   - pixels: The picture; what its hole has is not read. Shape `[1, H, W, C]`, C from 1 to 4, values
    ///     in [-1, 1].
    ///   - hole: The pixels to fill, of the picture's size.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - guide: The picture with its hole filled softly, of the same shape; `nil` for none.
    /// - Returns: The steps, and then the picture, known pixels bit for bit, or `nil` if there is too little
    ///   to copy from.
    /// - Complexity: About 2,000 comparisons of patches for each pixel of the hole; some 60 bytes for each
    ///   pixel of the picture.
    public func run(
        _ pixels: Tensor<Float>, hole: PixelMask, avoiding avoided: PixelMask? = nil,
        guide: Tensor<Float>? = nil
    ) -> ExemplarRun {
        precondition(
            (1 ... 4).contains(pixels.shape.last ?? 0),
            "A picture has 1 to 4 channels, but got pixels of shape \(pixels.shape)")
        precondition(
            avoided.map { $0.height == hole.height && $0.width == hole.width } ?? true,
            "What is to be avoided must have the size of the mask, \(hole.width) x \(hole.height)")
        return ExemplarRun(self, filling: pixels, hole: hole, avoiding: avoided, guide: guide)
    }

    /// The number of rounds that filling a hole takes, with one for hiding the borders between copies.
    ///
    /// - Parameters:
    ///   - hole: The pixels to fill; known ones around them may be left out.
    ///   - height: The number of rows of the picture.
    ///   - width: The number of its columns.
    /// - Returns: The number; 0 without a hole.
    public func roundCount(filling hole: PixelMask, height: Int, width: Int) -> Int {
        guard hole.holeCount > 0 else { return 0 }
        return (0 ..< levelCount(hole, height: height, width: width)).reduce(1) {
            $0 + roundCount(ofLevel: $1)
        }
    }

    /// The number of sizes at which patches are matched: the picture's, half of it, and so on, until some eight
    /// pixels of the widest hole are left.
    func levelCount(_ hole: PixelMask, height: Int, width: Int) -> Int {
        var side = 64
        while hole.hasHole(ofSide: side * 2) { side *= 2 }
        let least = min(height, width)
        let wanted = Int(log2(Double(side / 8))) + 1
        return (1 ..< wanted).first { least >> ($0 - 1) < 2 } ?? wanted
    }

    /// How far places are drawn at random around a match but at the coarsest level, in pixels: the side of the
    /// photographs that settings were chosen on, where more helps a little.
    private static let searchRadius = 256

    /// The search in a level, the finest of which is number 0.
    func search(
        _ level: PatchLevel, number: Int, isCoarsest: Bool, isGuided: Bool
    ) -> PatchSearch {
        PatchSearch(
            level, radius: min(level.height, level.width) >= 48 ? patchRadius : 2,
            smoothnessPenalty: smoothnessPenalty, guideWeight: isGuided ? guideWeight : 0,
            guideBlur: max(guideBlur / Float(1 << number), 0.6),
            repetitionPenalty: repetitionPenalty,
            searchRadius: isCoarsest ? .max : Self.searchRadius)
    }

    /// The number of rounds where shifts continue the picture: more would lead away from them.
    var shiftedRoundCount: Int { min(2, roundCounts[0]) }

    /// The number of rounds of a level, the finest of which is number 0.
    func roundCount(ofLevel number: Int) -> Int {
        roundCounts[min(number, roundCounts.count - 1)]
    }
}
