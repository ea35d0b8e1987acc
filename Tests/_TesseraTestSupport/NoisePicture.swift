public import TesseraImage
import TesseraTensor

/// A picture of seeded noise.
///
/// - Parameters:
///   - width: The width in pixels.
///   - height: The height in pixels.
///   - colour: Gray or RGB.
///   - bits: The bits of a sample, 8 or 16.
///   - hasAlpha: Whether there is alpha, of noise too.
///   - seed: The seed.
/// - Returns: The picture.
public func noisePicture(
    width: Int, height: Int, colour: Image.Colour = .rgb, bits: Int = 8, hasAlpha: Bool = false,
    seed: UInt64 = 1
) -> Image {
    let random = RandomSource(seed: seed)
    func samples(_ count: Int, draw: Int) -> Samples {
        if bits == 16 {
            return .sixteen(
                (0 ..< count).map {
                    UInt16(truncatingIfNeeded: random.bits(step: 0, position: $0, draw: draw)[0])
                })
        }
        return .eight(
            (0 ..< count).map {
                UInt8(truncatingIfNeeded: random.bits(step: 0, position: $0, draw: draw)[0])
            })
    }
    return Image(
        width: width, height: height, colour: colour,
        samples: samples(width * height * colour.channelCount, draw: 0),
        alpha: hasAlpha ? samples(width * height, draw: 1) : nil)
}
