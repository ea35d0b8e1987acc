import TesseraImage
import TesseraTensor

/// A picture of seeded noise.
func noisePicture(
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

/// A picture of flat squares of 8 × 8 pixels in levels that the test tokenizer has.
func blockPicture(width: Int, height: Int, seed: UInt64 = 1) -> Image {
    let random = RandomSource(seed: seed)
    let levels: [UInt8] = [0, 64, 128, 191, 255]
    var samples: [UInt8] = []
    for y in 0 ..< height {
        for x in 0 ..< width {
            for channel in 0 ..< 3 {
                let draw = random.bits(
                    step: channel, position: y / 8 * ((width + 7) / 8) + x / 8, draw: 0)
                samples.append(levels[Int(draw[0] % 5)])
            }
        }
    }
    return Image(width: width, height: height, colour: .rgb, samples: .eight(samples))
}
