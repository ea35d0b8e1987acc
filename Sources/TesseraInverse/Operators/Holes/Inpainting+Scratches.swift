public import TesseraTensor

extension Degradation {
    /// Thin curves cross the picture, as on a print that was folded and scratched.
    public static let inpaintScratches = Degradation(
        name: "inpaint-scratches",
        summary: "curves of 1 to 4 pixels are missing, 5 % of the area; every picture has others",
        hasMask: true, classicalMethod: "smooth"
    ) { _, height, width, random in
        Inpainting(mask: PixelMask(height: height, width: width, scratched: 0.05, random: random))
    }
}

extension PixelMask {
    /// Makes a mask in which thin curves are missing.
    ///
    /// A scratch is a parabola (a quadratic Bézier curve) between two points at least half the picture's
    /// shorter side apart, drawn by a disc of a diameter of 1 to 4 pixels. Scratches come until the part
    /// is reached; of the last only its first pixels are missing.
    ///
    /// - Parameters:
    ///   - height: The number of rows of pixels.
    ///   - width: The number of columns of pixels.
    ///   - fraction: The missing part, in [0, 0.5]; the count is rounded to the nearest whole pixel.
    ///   - random: The source of all curves.
    public init(height: Int, width: Int, scratched fraction: Double, random: RandomSource) {
        precondition(
            fraction >= 0 && fraction <= 0.5, "A part lies in [0, 0.5], but got \(fraction)")
        var left = Int((fraction * Double(height * width)).rounded())
        var isHole = [Bool](repeating: false, count: height * width)
        var number = 0
        while left > 0 {
            let scratch = Scratch(height: height, width: width, number: number, random: random)
            number += 1
            scratch.forEachPixel(height: height, width: width) { pixel in
                guard left > 0, !isHole[pixel] else { return }
                isHole[pixel] = true
                left -= 1
            }
        }
        self.init(height: height, width: width, isHole: isHole)
    }
}

/// One scratch: a parabola and half its thickness, in pixels.
private struct Scratch {
    private typealias Point = SIMD2<Double>

    private let start: Point
    private let control: Point
    private let end: Point
    private let radius: Double

    /// Draws the scratch of a number.
    init(height: Int, width: Int, number: Int, random: RandomSource) {
        func chance(_ draw: Int) -> Double {
            Double(random.uniform(step: 1, position: number, draw: draw))
        }
        let size = Point(Double(width), Double(height))
        let start = Point(chance(0), chance(1)) * size
        // The farther of two places, and at least as far as asked: a line that goes on.
        let candidates = [Point(chance(2), chance(3)), Point(chance(4), chance(5))]
            .map { $0 * size }
        let farthest = candidates.max { length($0 - start) < length($1 - start) } ?? start
        let distance = max(length(farthest - start), 1e-3)
        let stretch = max(1, 0.5 * size.min() / distance)
        let end = start + (farthest - start) * stretch
        let across = Point(start.y - end.y, end.x - start.x)
        self.start = start
        self.end = end
        control = (start + end) / 2 + across * (0.6 * chance(6) - 0.3)
        radius = 0.5 + 1.5 * chance(7)
    }

    /// Visits the pixels that the disc covers from one end to the other; some of them more than once.
    func forEachPixel(height: Int, width: Int, _ body: (Int) -> Void) {
        // A quarter of a pixel a step: a curve is no longer than the way over its control point.
        let steps = Int(4 * (length(control - start) + length(end - control))) + 1
        for step in 0 ... steps {
            let t = Double(step) / Double(steps)
            let centre =
                start * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + end * (t * t)
            let rows = range(around: centre.y, in: height)
            for x in range(around: centre.x, in: width) {
                for y in rows where length(Point(Double(x), Double(y)) + 0.5 - centre) <= radius {
                    body(y * width + x)
                }
            }
        }
    }

    /// The pixels of an axis that the disc may reach.
    private func range(around centre: Double, in count: Int) -> Range<Int> {
        let first = max(Int((centre - radius).rounded(.down)), 0)
        return first ..< max(min(Int((centre + radius).rounded(.up)), count), first)
    }
}

private func length(_ vector: SIMD2<Double>) -> Double {
    (vector.x * vector.x + vector.y * vector.y).squareRoot()
}
