import Glibc
import TesseraInverse
import TesseraTensor

/// How much texture a hole is expected to have: what known pixels of like colours have, near ones first.
///
/// The first fill says which of the surfaces around the hole goes on where; sky stays smooth beside leaves. A
/// joint bilateral filter: J. Kopf et al., "Joint Bilateral Upsampling", SIGGRAPH 2007.
struct TextureExpectation {
    private let hole: PixelMask
    private let colours: Plane<Float>

    /// How far colours are blurred before they are compared, in pixels.
    private static let blur: Float = 3

    /// How different like colours are, in 8-bit levels.
    private static let colourDeviation: Float = 15

    /// How far away the pixels lie that count, as a multiple of the hole's root area.
    private static let distanceDeviation: Float = 0.6

    /// The most known pixels that are looked at, and the most pixels of the hole that look.
    private static let sampleCount = 1024

    /// Looks at a picture.
    ///
    /// - Parameters:
    ///   - pixels: The picture with a first fill of its hole. Shape `[1, H, W, 3]`, values in [-1, 1].
    ///   - hole: Its hole.
    init(of pixels: Tensor<Float>, hole: PixelMask) {
        self.hole = hole
        colours = Plane(count: pixels.count, repeating: 0)
        pixels.withUnsafeBuffer { pixels in
            for i in pixels.indices { colours[i] = 127.5 * pixels[i] }
        }
        BoxBlur(standardDeviation: Self.blur).apply(
            to: colours, height: hole.height, width: hole.width, channels: 3)
    }

    /// Fills the hole of a texture.
    ///
    /// - Parameter texture: Two values a pixel, `[H, W, 2]`; those of known pixels are read.
    func fill(_ texture: Plane<Float>) {
        let known = samples { !hole.isHole[$0] }
        let unknown = samples { hole.isHole[$0] }
        guard !known.places.isEmpty else { return }
        let expected = Plane<Float>(count: texture.count / 2 * 3, repeating: 0)
        let deviation = max(Self.distanceDeviation * Float(hole.holeCount).squareRoot(), 8)
        ThreadPool.run(over: unknown.places.count, by: 32) { range in
            for place in unknown.places[range] {
                let mean = mean(of: texture, at: place, over: known.places, deviation)
                expected[3 * place] = mean.0
                expected[3 * place + 1] = mean.1
                expected[3 * place + 2] = 1
            }
        }
        // From the pixels that looked to those between them.
        BoxBlur(standardDeviation: Float(unknown.spacing)).apply(
            to: expected, height: hole.height, width: hole.width, channels: 3)
        for pixel in hole.isHole.indices where hole.isHole[pixel] {
            let sum = max(expected[3 * pixel + 2], 1e-9)
            texture[2 * pixel] = expected[3 * pixel] / sum
            texture[2 * pixel + 1] = expected[3 * pixel + 1] / sum
        }
    }

    /// A raster of pixels of a kind, and how far apart its lines are.
    private func samples(_ isMember: (Int) -> Bool) -> (places: [Int], spacing: Int) {
        let count = hole.isHole.indices.count(where: isMember)
        let spacing = max(Int((Double(count) / Double(Self.sampleCount)).squareRoot()), 1)
        var places: [Int] = []
        for y in Swift.stride(from: spacing / 2, to: hole.height, by: spacing) {
            for x in Swift.stride(from: spacing / 2, to: hole.width, by: spacing) {
                let place = y * hole.width + x
                if isMember(place) { places.append(place) }
            }
        }
        return (places, spacing)
    }

    private func mean(
        of texture: Plane<Float>, at place: Int, over known: [Int], _ deviation: Float
    ) -> (Float, Float) {
        let (y, x) = (place / hole.width, place % hole.width)
        let colourScale = 0.5 / (Self.colourDeviation * Self.colourDeviation)
        let distanceScale = 0.5 / (deviation * deviation)
        var sums: (Float, Float, Float) = (0, 0, 0)
        for other in known {
            let (dy, dx) = (Float(other / hole.width - y), Float(other % hole.width - x))
            var colour: Float = 0
            for c in 0 ..< 3 {
                let difference = colours[3 * other + c] - colours[3 * place + c]
                colour += difference * difference
            }
            // A little for every pixel, so that there is always an answer.
            let weight =
                1e-6 + exp(-colourScale * colour - distanceScale * (dy * dy + dx * dx))
            sums.0 += weight * texture[2 * other]
            sums.1 += weight * texture[2 * other + 1]
            sums.2 += weight
        }
        return (sums.0 / sums.2, sums.1 / sums.2)
    }
}
