import TesseraInverse
public import TesseraTensor

/// How far the filling of a hole from exemplars is.
public struct ExemplarStep: Hashable, Sendable {
    /// The number of rounds that are done.
    public let round: Int

    /// The number of rounds in all.
    public let roundCount: Int
}

/// The filling of a hole from exemplars on its way: steps, each done when it is asked for, and then a result.
///
/// In a wide hole a round takes several steps, so that whoever stops need not wait for all of it; each size of the
/// picture is made in one step, which takes seconds where the picture has many megapixels. A run goes through its
/// steps once: another loop, or ``result()``, goes on where the last one left.
public final class ExemplarRun: Sequence, IteratorProtocol {
    private let fill: ExemplarFill
    private let hole: PixelMask
    private let avoided: PixelMask?
    private let isGuided: Bool
    private let levelCount: Int
    private let roundCount: Int
    private var doneRoundCount = 0

    /// The picture with a first fill of its hole: as it is given, until a step has made it.
    private var pixels: Tensor<Float>
    private let guide: Tensor<Float>?

    private var stage = Stage.picture
    private var phase = Phase()
    /// Whether the picture is continued by shifts of itself.
    private var isShifted = false
    /// The levels that are not matched yet, the coarsest last.
    private var levels: [PatchLevel] = []
    private var search: PatchSearch?
    private var filled: Tensor<Float>?

    /// What comes next.
    private enum Stage {
        case picture
        case shifts
        case level
        case average
        case sweep(Int)
        case copy(round: Int)
        case choice
        case seams(Plane<Int32>)
        case solution(SeamSolution)
        case end
    }

    /// Parts of the work, the first of which are done first.
    private struct Phase {
        var parts: ArraySlice<() -> Void> = []
        /// Whether the last of them ends a round.
        var endsRound = false
    }

    init(
        _ fill: ExemplarFill, filling pixels: Tensor<Float>, hole: PixelMask,
        avoiding avoided: PixelMask?, guide: Tensor<Float>?
    ) {
        self.fill = fill
        self.pixels = pixels
        self.hole = hole
        self.avoided = avoided
        self.guide = guide
        isGuided = guide != nil
        levelCount = fill.levelCount(hole, height: hole.height, width: hole.width)
        roundCount = fill.roundCount(filling: hole, height: hole.height, width: hole.width)
        if roundCount == 0 { (filled, stage) = (pixels, .end) }
    }

    /// Takes the next step.
    ///
    /// - Returns: How far the run is after it, or `nil` if there was none left.
    public func next() -> ExemplarStep? {
        while phase.parts.isEmpty {
            guard let next = nextPhase() else { return nil }
            phase = next
        }
        phase.parts.removeFirst()()
        if phase.parts.isEmpty && phase.endsRound { doneRoundCount += 1 }
        return ExemplarStep(round: doneRoundCount, roundCount: roundCount)
    }

    /// Takes all steps that are left.
    ///
    /// - Returns: The picture with its hole filled, or `nil` if there is too little to copy from.
    public func result() -> Tensor<Float>? {
        while next() != nil {}
        return filled
    }

    /// Plans the next parts, given what those before have done; `nil` after the last.
    private func nextPhase() -> Phase? {
        switch stage {
        case .picture:
            stage = .shifts
            return Phase(parts: picturing()[...])
        case .shifts:
            stage = .level
            return Phase(parts: [{ [unowned self] in continueByShifts() }])
        case .level:
            return Phase(parts: beginLevel()[...])
        case .average:
            stage = .sweep(0)
            return search.map { Phase(parts: $0.averaging()[...]) }
        case .sweep(let number):
            stage = number % 2 == 0 ? .sweep(number + 1) : .copy(round: number / 2)
            return search.map { Phase(parts: $0.sweeping(number, random: levelRandom)[...]) }
        case .copy(let round):
            let isLast =
                round + 1
                == (isShifted ? fill.shiftedRoundCount : fill.roundCount(ofLevel: levels.count))
            stage = !isLast ? .sweep(2 * round + 2) : levels.isEmpty ? .choice : .level
            return search.map { Phase(parts: $0.copying()[...], endsRound: true) }
        case .choice:
            guard let search else { return nil }
            let (places, parts) = search.choosing()
            stage = .seams(places)
            return Phase(parts: parts[...])
        case .seams(let places):
            let part = { [unowned self] in
                let copy = SeamlessCopy(
                    into: hole, from: sources(places), avoiding: avoided)
                search = nil
                stage = .solution(
                    copy.solution(
                        in: pixels, isGuided: isGuided && !isShifted))
            }
            return Phase(parts: [part])
        case .solution(let solution):
            guard solution.next() else {
                (filled, stage) = (solution.result(), .end)
                return Phase(parts: [{}], endsRound: true)
            }
            return Phase(parts: [{}])
        case .end: return nil
        }
    }

    /// Makes the picture at all its sizes.
    private func picturing() -> [() -> Void] {
        let start = { [unowned self] in
            let inpainting = Inpainting(mask: hole)
            pixels = inpainting.projectOntoMeasurement(
                guide ?? inpainting.smoothlyFilled(pixels), measurement: pixels)
        }
        let finest = { [unowned self] in
            levels = [
                PatchLevel(
                    pixels.firstColours, hole: hole, blocked: avoided ?? hole,
                    textureWeight: fill.textureWeight)
            ]
        }
        let halving = { [unowned self] in
            guard let last = levels.last else { return }
            levels.append(last.halved())
        }
        return [start, finest] + Array(repeating: halving, count: levelCount - 1)
    }

    /// The least number of patches to copy from, at any size.
    private static let leastSourceCount = 20

    /// The misfit below which shifts continue a picture.
    private static let acceptedMisfit: Float = 0.2

    /// The bluntness below which they do; smooth pictures fit themselves anywhere.
    private static let acceptedBluntness: Float = 0.6

    /// Continues the picture by shifts of itself, if it repeats itself.
    ///
    /// Coarser levels have mixed what is repeated, and the guide has lost it: both are left out.
    private func continueByShifts() {
        guard levels.count > 1 else { return }
        let shifts = DominantShifts(
            of: levels[1], random: RandomSource(seed: fill.seed, key: fill.key)
        )
        .shifts
        let finest = fill.search(levels[0], number: 0, isCoarsest: true, isGuided: false)
        guard !shifts.isEmpty, finest.sourceCount >= Self.leastSourceCount else { return }
        let continuation = ShiftedContinuation(of: levels[0], for: finest, by: shifts)
        guard continuation.misfit < Self.acceptedMisfit,
            continuation.bluntness < Self.acceptedBluntness
        else { return }
        (search, levels, isShifted) = (finest, [], true)
        doneRoundCount = roundCount - 1 - fill.shiftedRoundCount
        finest.startMatches(at: continuation.matches)
        stage = .average
    }

    /// Begins the coarsest level that is left, with the matches of the one before if there are any.
    private func beginLevel() -> [() -> Void] {
        guard let level = levels.popLast() else {
            stage = .end
            return []
        }
        let (number, coarser) = (levels.count, search)
        let search = fill.search(
            level, number: number, isCoarsest: coarser == nil, isGuided: isGuided)
        guard search.sourceCount >= Self.leastSourceCount else {
            // Finer levels have more; the next begins as the coarsest.
            self.search = nil
            doneRoundCount += fill.roundCount(ofLevel: number)
            if levels.isEmpty { stage = .end }
            return [{}]
        }
        self.search = search
        stage = .sweep(0)
        guard let coarser else { return [{}] }
        search.startMatches(from: coarser)
        stage = .average
        return [{}]
    }

    /// The source of the places that are drawn at the level that is matched.
    private var levelRandom: RandomSource {
        RandomSource(seed: fill.seed, key: fill.key &+ UInt64(levels.count))
    }

    /// For each pixel of the hole the one that it is copied from; itself if from none.
    private func sources(_ places: Plane<Int32>) -> [Int] {
        guard let search else { return [] }
        return search.holePixels.enumerated().map { number, place in
            let from = search.grid.pixel(Int(places[number] >= 0 ? places[number] : place))
            return from.row * hole.width + from.column
        }
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
