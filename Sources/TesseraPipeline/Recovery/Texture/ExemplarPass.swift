import TesseraExemplar
import TesseraImage
import TesseraInverse
import TesseraTensor
import TesseraTokens

/// The pass over filled holes that gives them the texture of their picture.
struct ExemplarPass {
    /// The pixels to fill.
    let hole: PixelMask

    /// Known pixels that are not to be copied.
    let avoided: PixelMask?

    /// Whether every hole is filled from exemplars, or only those for which that is better.
    let isForced: Bool

    /// How far from a hole pixels are copied, or `nil` for as far as it was found to help.
    let sourceRadius: Int?

    /// The width in pixels from which on a hole is filled without a guide.
    let unguidedWidth: Int

    /// How holes are filled.
    let fill: ExemplarFill

    /// Plans the pass.
    ///
    /// - Parameters:
    ///   - hole: The pixels to fill.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - options: Where texture comes from, how far, and the seed.
    init(filling hole: PixelMask, avoiding avoided: PixelMask?, options: RecoveryOptions) {
        self.hole = hole
        self.avoided = avoided
        isForced = options.texture == .exemplar
        sourceRadius = options.sourceRadius
        unguidedWidth = options.unguidedWidth
        var fill = ExemplarFill()
        fill.seed = options.seed
        fill.key = options.key
        self.fill = fill
    }

    /// The side of the squares by which holes are told apart, in pixels.
    private static let square = 8

    /// How many squares lie between holes that are filled one by one.
    private static let gap = 2

    /// The width in pixels from which on a hole is filled from exemplars, if that is not asked for.
    static let leastWidth = 12

    /// How many times as many pixels as the hole has must be there to copy from, likewise.
    private static let leastSources = 1.0

    /// A hole that is to be filled from exemplars.
    struct Area {
        /// Where it lies.
        let rectangle: PixelRectangle

        /// What is looked at to fill it.
        let window: PixelRectangle

        /// Whether the model's fill of it guides what is copied.
        let isGuided: Bool

        /// The number of rounds that filling it takes.
        let roundCount: Int
    }

    /// Finds the holes that are to be filled from exemplars, one by one.
    ///
    /// - Parameter isGuided: Whether the holes have been filled softly.
    /// - Returns: The holes, in reading order.
    func areas(isGuided: Bool) -> [Area] {
        rectangles.compactMap { rectangle in
            let (window, part) = (window(around: rectangle), hole.window(rectangle))
            let knownCount = window.height * window.width - part.holeCount
            guard isForced || Self.suits(part, knownCount: knownCount) else { return nil }
            return Area(
                rectangle: rectangle, window: window,
                isGuided: isGuided && !part.hasHole(ofSide: unguidedWidth),
                roundCount: fill.roundCount(
                    filling: part, height: window.height, width: window.width))
        }
    }

    /// Begins to fill one of the holes.
    ///
    /// - Parameters:
    ///   - area: The hole.
    ///   - image: The picture, its holes filled softly if the pass is guided.
    ///   - isGuided: Whether they are.
    /// - Returns: The steps, and then the pixels of the hole's window.
    func run(_ area: Area, of image: Image, isGuided: Bool) -> ExemplarRun {
        let window = area.window
        let part = hole.restricted(to: area.rectangle).window(window)
        let pixels = image.pixels(in: window)
        let start =
            area.isGuided
            ? pixels
            : Inpainting(mask: isGuided ? part : hole.window(window)).smoothlyFilled(pixels)
        return fill.run(
            start, hole: part, avoiding: blocked(image, in: window),
            guide: area.isGuided ? start : nil)
    }

    /// Puts pixels that were found for one of the holes into a picture.
    func put(_ filled: Tensor<Float>, into image: inout Image, at area: Area) {
        let before = image
        image.replacePixels(in: area.window, with: filled)
        image.restoreSamples(of: before, outside: hole.restricted(to: area.rectangle).tensor)
    }

    /// Whether a hole is better filled from exemplars, as far as its shape tells.
    private static func suits(_ part: PixelMask, knownCount: Int) -> Bool {
        part.hasHole(ofSide: leastWidth)
            && Double(knownCount) >= leastSources * Double(part.holeCount)
    }

    /// What must not be copied from a window: any hole, what is to be avoided, and what cannot be seen.
    private func blocked(_ image: Image, in window: PixelRectangle) -> PixelMask {
        let masks = [hole, avoided, image.transparentPixels].compactMap {
            $0?.window(window).isHole
        }
        return PixelMask(
            height: window.height, width: window.width,
            isHole: masks[0].indices.map { pixel in masks.contains { $0[pixel] } })
    }

    /// Rectangles around holes that lie apart.
    private var rectangles: [PixelRectangle] {
        let side = Self.square
        let (rows, columns) = ((hole.height + side - 1) / side, (hole.width + side - 1) / side)
        return PositionRectangle.surrounding(
            hole.holeFractions(ofSquares: side).map { $0 > 0 }, height: rows, width: columns,
            margin: Self.gap, leastSide: 1
        ).map { $0.pixels(side: side, height: hole.height, width: hole.width) }
    }

    /// The least distance within which pixels are copied, in pixels.
    private static let usualRadius = 512

    /// The most pixels of a window, whose patches take some 60 bytes a pixel.
    private static let maximumWindowCount = 6_000_000

    /// What is looked at to fill a hole.
    private func window(around area: PixelRectangle) -> PixelRectangle {
        func window(_ radius: Int) -> PixelRectangle {
            let (top, left) = (max(area.top - radius, 0), max(area.left - radius, 0))
            return PixelRectangle(
                top: top, left: left,
                height: min(area.top + area.height + radius, hole.height) - top,
                width: min(area.left + area.width + radius, hole.width) - left)
        }
        if let sourceRadius { return window(sourceRadius) }
        var radius = max(Self.usualRadius, max(area.height, area.width))
        while radius > 64 && window(radius).height * window(radius).width > Self.maximumWindowCount
        {
            radius = radius * 3 / 4
        }
        return window(radius)
    }
}

extension PixelMask {
    /// The mask with the holes outside of a rectangle left out.
    fileprivate func restricted(to area: PixelRectangle) -> PixelMask {
        var isHole = [Bool](repeating: false, count: self.isHole.count)
        for y in area.rows {
            for x in area.columns { isHole[y * width + x] = self.isHole[y * width + x] }
        }
        return PixelMask(height: height, width: width, isHole: isHole)
    }
}

extension Image {
    /// The pixels of no opacity at all, whose colours say nothing; `nil` if every pixel is opaque.
    fileprivate var transparentPixels: PixelMask? {
        switch alpha {
        case .eight(let values):
            PixelMask(height: height, width: width, isHole: values.map { $0 == 0 })
        case .sixteen(let values):
            PixelMask(height: height, width: width, isHole: values.map { $0 == 0 })
        case nil: nil
        }
    }
}
