import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

/// What is wholly transparent has no influence on what is seen.
@Suite struct HiddenColourTests {
    /// A picture of blocks, its left part transparent, with a colour hidden there.
    private func picture(hiding value: UInt8) -> Image {
        let blocks = blockPicture(width: 40, height: 32)
        guard case .eight(var samples) = blocks.samples else { return blocks }
        for pixel in 0 ..< 40 * 32 where pixel % 40 < 13 {
            for channel in 0 ..< 3 { samples[3 * pixel + channel] = value }
        }
        let alpha = (0 ..< 40 * 32).map { UInt8($0 % 40 < 13 ? 0 : 200) }
        return Image(
            width: 40, height: 32, colour: .rgb, samples: .eight(samples), alpha: .eight(alpha))
    }

    /// The samples that are seen.
    private func shown(_ image: Image) -> [Float] {
        let alpha: [Bool] =
            switch image.alpha {
            case .eight(let values): values.map { $0 > 0 }
            default: []
            }
        return image.pixels.elements.enumerated().filter { alpha[$0.offset / 3] }.map(\.element)
    }

    @Test func reconstructionsDoNotShowThem() {
        let first = blockModel.reconstruct(picture(hiding: 0)).image
        let second = blockModel.reconstruct(picture(hiding: 255)).image
        #expect(first.alpha == picture(hiding: 0).alpha)
        #expect(shown(first) == shown(second))
    }

    @Test(arguments: [Degradation.sr2, .denoise, .jpeg])
    func restorationsDoNotShowThem(degradation: Degradation) {
        let results = [0, 255].map { value in
            picture(hiding: UInt8(value)).restored(
                from: degradation, noise: 0.1, by: HalfwayDenoiser()
            ).result().image
        }
        #expect(shown(results[0]) == shown(results[1]))
    }
}
