import TesseraExemplar
import TesseraInverse
import TesseraTensor
import Testing

@Suite struct TextureExpectationTests {
    /// A texture after its hole was filled: two values a pixel.
    private func filled(
        _ pixels: Tensor<Float>, _ hole: PixelMask, _ texture: (_ pixel: Int) -> Float
    ) -> [(Float, Float)] {
        let plane = Plane<Float>(count: 2 * hole.isHole.count, repeating: -1)
        for pixel in hole.isHole.indices where !hole.isHole[pixel] {
            plane[2 * pixel] = texture(pixel)
            plane[2 * pixel + 1] = 2 * texture(pixel)
        }
        TextureExpectation(of: pixels, hole: hole).fill(plane)
        return hole.isHole.indices.map { (plane[2 * $0], plane[2 * $0 + 1]) }
    }

    @Test func surfacesOfOtherColoursKeepTheirTexture() {
        let side = 48
        let pixels = picture(side, side) { _, x, _ in x < side / 2 ? -0.5 : 0.5 }
        let hole = box(side, rows: 12 ..< 36, columns: 6 ..< 42)
        let texture = filled(pixels, hole) { $0 % side < side / 2 ? 0 : 10 }
        for pixel in hole.isHole.indices where hole.isHole[pixel] {
            let x = pixel % side
            // Colours are blurred by three pixels, and what was found by two.
            guard abs(2 * x + 1 - side) > 2 * 14 else { continue }
            // A thousand pixels of 1e-6 each, of a weight of some tens.
            let expected: Float = x < side / 2 ? 0 : 10
            #expect(abs(texture[pixel].0 - expected) < 0.01)
            #expect(abs(texture[pixel].1 - 2 * expected) < 0.02)
        }
    }

    @Test func everyPixelOfAHoleGetsTheTextureThatAllHave() {
        let side = 96
        // Wide enough that not every pixel of it looks, only those of odd rows and columns; the other parts
        // lie where none does.
        let hole = union(
            box(side, rows: 20 ..< 92, columns: 0 ..< 62),
            box(side, rows: 4 ..< 5, columns: 70 ..< 71),
            box(side, rows: 10 ..< 11, columns: 66 ..< 90),
            box(side, rows: 90 ..< 91, columns: 90 ..< 91))
        let pixels = picture(side, side) { _, _, _ in 0.25 }
        let texture = filled(pixels, hole) { _ in 7 }
        // Means of the same number.
        #expect(texture.allSatisfy { abs($0.0 - 7) < 1e-3 && abs($0.1 - 14) < 2e-3 })
    }

    @Test func withoutAKnownPixelNothingIsExpected() {
        let hole = box(8, rows: 0 ..< 8, columns: 0 ..< 8)
        #expect(
            filled(picture(8, 8) { _, _, _ in 0 }, hole) { _ in 1 }.allSatisfy { $0 == (-1, -1) })
    }
}
