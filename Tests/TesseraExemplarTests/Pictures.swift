import TesseraInverse
import TesseraTensor

/// A picture of given values.
///
/// Shape `[1, height, width, channels]`.
func picture(
    _ height: Int, _ width: Int, channels: Int = 3,
    _ value: (_ y: Int, _ x: Int, _ channel: Int) -> Float
) -> Tensor<Float> {
    let count = height * width * channels
    return Tensor(
        shape: [1, height, width, channels],
        elements: (0 ..< count).map { i in
            value(i / channels / width, i / channels % width, i % channels)
        })
}

/// Pictures that go on beyond any hole as they are around it.
enum PeriodicPicture: String, CaseIterable {
    case stripes, checker, bricks

    /// The values of a pixel, of period 16 in both directions at most, in [-0.6, 0.7].
    func value(_ y: Int, _ x: Int, _ channel: Int) -> Float {
        switch self {
        case .stripes: (x + y) % 8 < 4 ? 0.6 : -0.3 - 0.1 * Float(channel)
        case .checker: (x / 8 + y / 8) % 2 == 0 ? 0.7 - 0.2 * Float(channel) : -0.6
        case .bricks:
            y % 8 == 0 || (x + y / 8 % 2 * 8) % 16 == 0 ? 0.4 : -0.5 + 0.2 * Float(channel)
        }
    }

    /// The picture, `[1, side, side, 3]`.
    func pixels(side: Int) -> Tensor<Float> { picture(side, side, value) }
}

/// Noise around a colour: a texture that is never twice the same.
func noise(_ height: Int, _ width: Int, channels: Int = 3, seed: UInt64 = 1) -> Tensor<Float> {
    let random = RandomSource(seed: seed)
    return picture(height, width, channels: channels) { y, x, channel in
        random.uniform(step: channel, position: y * width + x) - 0.5
    }
}

/// A mask with a rectangular hole in a square picture.
func box(_ side: Int, rows: Range<Int>, columns: Range<Int>) -> PixelMask {
    PixelMask(height: side, width: side, rows: rows, columns: columns)
}

/// A mask with the holes of several.
func union(_ masks: PixelMask...) -> PixelMask {
    PixelMask(
        height: masks[0].height, width: masks[0].width,
        isHole: masks[0].isHole.indices.map { pixel in masks.contains { $0.isHole[pixel] } })
}

/// A mask drawn with characters: a hole wherever there is a `#`.
func drawn(_ rows: String...) -> PixelMask {
    PixelMask(
        height: rows.count, width: rows[0].count,
        isHole: rows.flatMap { $0.map { $0 == "#" } })
}

/// The bits of the elements, which are the same for the same picture.
func bits(_ pixels: Tensor<Float>) -> [UInt32] { pixels.elements.map(\.bitPattern) }

/// The values of the pixels of a hole, and their channels.
func values(_ pixels: Tensor<Float>, in hole: PixelMask) -> [Float] {
    let channels = pixels.shape[3]
    let elements = pixels.elements
    return elements.indices.filter { hole.isHole[$0 / channels] }.map { elements[$0] }
}

/// The largest difference of two pictures.
func largestDifference(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Float {
    zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
