import TesseraImage
import TesseraTensor

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
