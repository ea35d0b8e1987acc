import TesseraDenoiser
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Recoveries by a denoiser, alone and after tokens.
@Suite struct PixelRecoveryTests {
    static let undone = Degradation.all.filter {
        $0.restoration != nil && $0.isUndoneByDenoisers
    }

    @Test func denoisersUndoWhatIsSeenPixelByPixel() {
        let names = Set(Self.undone.map(\.name))
        #expect(names.isSuperset(of: ["denoise", "sr2", "sr4", "deblur-gaussian", "jpeg"]))
        #expect(names.isDisjoint(with: ["colorize", "hdr", "deblur-nonlinear"]))
    }

    @Test(arguments: undone)
    func aRestoredPictureHasTheSizeOfTheUndamagedOne(_ named: Degradation) {
        let degradation = TrialTests.small(named)
        let measured = degradation.measure(
            blockPicture(width: 40, height: 24), random: RandomSource(seed: 1))
        let recovery = measured.picture.restored(
            from: degradation, noise: 0.1, by: HalfwayDenoiser())
        let previews = recovery.map(\.preview)
        let result = recovery.result()
        #expect(result.image.width == 40 && result.image.height == 24)
        #expect(result.noise == 0.1 && result.decodeCount == 0)
        #expect(previews.last == result.image)
        #expect(result.image != measured.picture)
    }

    @Test func aMeasurementWithoutNoiseHolds() {
        // Faint, so that nothing is cut off at black and white.
        let blocks = blockPicture(width: 32, height: 32)
        let faint = Tensor(
            shape: blocks.pixels.shape, elements: blocks.pixels.elements.map { 0.4 * $0 })
        let measured = Degradation.sr2.measure(
            Image(pixels: faint, like: blocks), random: RandomSource(seed: 1))
        let restored = measured.picture.restored(
            from: .sr2, noise: 0, by: HalfwayDenoiser()
        ).result().image
        let again = SuperResolution(factor: 2, height: 32, width: 32).apply(to: restored.pixels)
        let errors = zip(again.elements, measured.picture.pixels.elements).map {
            ($0 - $1).magnitude
        }
        // A level: both pictures are rounded.
        #expect(errors.reduce(0, +) / Float(errors.count) < 1 / 127.5)
    }

    @Test(arguments: [Degradation.jpeg, .sr2, .sr4])
    func aNetworkThatWasTrainedForItIsAsked(degradation: Degradation) {
        let measured = degradation.measure(
            blockPicture(width: 32, height: 32), random: RandomSource(seed: 1)
        ).picture
        func steps(_ noise: Double, by denoiser: any PixelDenoiser) -> [Int] {
            measured.restored(from: degradation, noise: noise, by: denoiser).map(\.step)
        }
        let networks = PixelNetworks(
            denoiser: HalfwayDenoiser(), deblocker: HalfwayDenoiser(),
            upscaler: HalfwayDenoiser())
        #expect(steps(0, by: networks) == Array(1 ... 8))
        // Networks are trained without noise.
        #expect(steps(0.1, by: networks) == steps(0.1, by: HalfwayDenoiser()))
        let alone = PixelNetworks(denoiser: HalfwayDenoiser(), deblocker: nil, upscaler: nil)
        #expect(steps(0, by: alone) == steps(0, by: HalfwayDenoiser()))
    }

    @Test func aFileSaysHowItWasCompressed() throws {
        let image = blockPicture(width: 32, height: 32)
        var options = EncodingOptions()
        options.quality = 37
        let read = try Image(bytes: image.encoded(as: .jpeg, options: options))
        let known = Degradation.jpeg.known(from: read)
        #expect(known.parameters.file?.tables == JPEGTables(quality: 37))
        #expect(known.parameters.file?.tables.nearestQuality == 37)
        #expect(known.parameters.file?.subsampling == .half)
        #expect(Degradation.sr2.known(from: read).parameters.file == nil)
        #expect(Degradation.jpeg.known(from: image).parameters.file == nil)
    }

    @Test func scatteredPixelsHaveBothOpinions() {
        let image = blockPicture(width: 48, height: 48)
        let hole = PixelMask(
            height: 48, width: 48, fraction: 0.5, random: RandomSource(seed: 2))
        var options = RestorationTests.quick
        let sampled = blockModel.inpaint(image, hole: hole, options: options).result()
        options.denoiser = HalfwayDenoiser()
        let recovery = blockModel.inpaint(image, hole: hole, options: options)
        let steps = recovery.map { $0 }
        let both = recovery.result()
        #expect(steps.last?.step == options.stepCount && steps.count > options.stepCount)
        #expect(both.image != sampled.image)
        for pixel in hole.isHole.indices where !hole.isHole[pixel] {
            for i in 3 * pixel ..< 3 * pixel + 3 {
                #expect(both.image.pixels.elements[i] == image.pixels.elements[i])
            }
        }
    }

    @Test func wideHolesAreLeftToTheModel() {
        let image = blockPicture(width: 80, height: 80)
        var options = RestorationTests.quick
        options.texture = .model
        let hole = PixelMask(height: 80, width: 80, rows: 20 ..< 52, columns: 20 ..< 52)
        let sampled = blockModel.inpaint(image, hole: hole, options: options).result()
        options.denoiser = HalfwayDenoiser()
        #expect(
            blockModel.inpaint(image, hole: hole, options: options).result().image
                == sampled.image)
    }
}
