import Foundation
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct PictureTests {
    @Test func whatTheTokensCanSayComesBackExactly() {
        let image = blockPicture(width: 70, height: 41)
        let (result, tokens) = blockModel.reconstruct(image)
        #expect(result.samples == image.samples)
        #expect(tokens.height == 6 && tokens.width == 9)
    }

    @Test func alphaAndDepthAreKept() {
        let image = noisePicture(width: 19, height: 9, colour: .gray, bits: 16, hasAlpha: true)
        let result = blockModel.reconstruct(image).image
        #expect(result.alpha == image.alpha)
        #expect(result.colour == .gray && result.bitsPerSample == 16)
    }

    @Test(arguments: [2, 4])
    func enlargingMultipliesTheSidesAndExplainsThePicture(factor: Int) {
        let large = blockPicture(width: 88, height: 72)
        let reduction = SuperResolution(factor: factor, height: 72, width: 88)
        let small = Image(pixels: reduction.apply(to: large.pixels))
        var options = RecoveryOptions()
        options.stepCount = 4
        let recovered = blockModel.restore(
            small, from: factor == 2 ? .sr2 : .sr4, noise: 0, options: options
        ).result()
        #expect(recovered.image.width == 88 && recovered.image.height == 72)
        let after = reduction.residual(of: recovered.image.pixels, given: small.pixels)
        #expect(after < recovered.residual)
        // Levels of 8 bits lie 2/255 apart; back-projection leaves little more than rounding.
        #expect(after < 0.02)
    }

    @Test func codedBitsAreTheMeanOverTheSlotsThatAreKnown() {
        // Sure of the right code while half of the slots are known, without an idea before.
        let model = Model(name: "half", tokenizer: BlockTokenizer(), prior: HalfSurePrior())
        let black = Image(
            width: 256, height: 256, colour: .rgb,
            samples: .eight([UInt8](repeating: 0, count: 256 * 256 * 3)))
        let bits = model.codedBits(of: black, random: RandomSource(seed: 1))
        #expect(abs(bits - log2(9) / 2) < 1e-6)
        let indifferent = blockModel.codedBits(of: black, random: RandomSource(seed: 1))
        #expect(abs(indifferent - log2(9)) < 1e-6)
    }

    @Test func theNumberOfAPictureKeysIt() {
        func picture(_ key: UInt64) -> Image {
            blockModel.generate(
                height: 40, width: 32, configuration: SamplerConfiguration(stepCount: 3),
                random: RandomSource(seed: 9, key: key)
            ).result()
        }
        #expect(picture(0) == picture(0))
        #expect(picture(0) != picture(1))
        #expect(picture(0).width == 32 && picture(0).height == 40)
    }

    @Test func bandsGiveWhatTheWholeGives() throws {
        let image = noisePicture(width: 13, height: 300, seed: 1)
        let other = noisePicture(width: 13, height: 300, seed: 2)
        let mask = PixelMask(height: 300, width: 13, rows: 200 ..< 290, columns: 5 ..< 12)
        let comparison = PictureComparison(image, with: other, hole: mask)
        let psnr = ratio(of: image.pixels, comparedTo: other.pixels)
        let ssim = try #require(structuralSimilarity(of: image.pixels, comparedTo: other.pixels))
        // Sums of 10 000 doubles in another order.
        #expect(abs(comparison.psnr - psnr) < 1e-9)
        #expect(abs(try #require(comparison.ssim) - ssim) < 1e-12)
        let hole = PixelRectangleTensor.cut(image, other, rows: 200 ..< 290, columns: 5 ..< 12)
        #expect(
            abs(
                try #require(comparison.holePSNR)
                    - ratio(of: hole.0, comparedTo: hole.1)) < 1e-9)
    }

    /// 10 log₁₀(255² / mean squared error) of levels, as scikit-image has it.
    private func ratio(of pixels: Tensor<Float>, comparedTo reference: Tensor<Float>) -> Double {
        let errors = zip(pixels.elements, reference.elements).map {
            let error = (127.5 * (Double($0) - Double($1))).rounded()
            return error * error
        }
        return 10 * log10(255 * 255 * Double(errors.count) / errors.reduce(0, +))
    }

    @Test func equalPicturesAreInfinitelyNear() {
        let image = noisePicture(width: 12, height: 10)
        let comparison = PictureComparison(image, with: image)
        #expect(comparison.psnr == .infinity)
        #expect(comparison.ssim == nil)
        #expect(comparison.holePSNR == nil)
    }
}

/// The same rectangle of two pictures.
private enum PixelRectangleTensor {
    static func cut(
        _ image: Image, _ other: Image, rows: Range<Int>, columns: Range<Int>
    ) -> (Tensor<Float>, Tensor<Float>) {
        (image.pixels(rows: rows, columns: columns), other.pixels(rows: rows, columns: columns))
    }
}
