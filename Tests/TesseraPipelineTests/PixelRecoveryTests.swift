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

    @Test(arguments: undone)
    func noNoiseIsANumberToo(_ named: Degradation) {
        let degradation = TrialTests.small(named)
        let measured = degradation.measure(
            blockPicture(width: 40, height: 24), random: RandomSource(seed: 1))
        let result = measured.picture.restored(from: degradation, noise: 0, by: HalfwayDenoiser())
            .result()
        #expect(result.residual.isFinite && result.residual < 0.2)
        #expect(result.image.pixels.elements.allSatisfy { $0.isFinite })
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

    /// Adds a twentieth to every value, wherever there is no noise.
    struct Brightener: PixelDenoiser {
        func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
            #expect(deviations.elements.allSatisfy { $0 == 0 })
            return Tensor(shape: pixels.shape, elements: pixels.elements.map { $0 + 0.05 })
        }
    }

    @Test(arguments: [("faithful", 0 as Float), ("0.25", 0.25), ("natural", 0.5), ("sharp", 1)])
    func aLookIsAShareOfWhatASharpenerAdds(name: String, share: Float) throws {
        let look = try #require(Look(name))
        let networks = PixelNetworks(denoiser: HalfwayDenoiser(), sharpener: Brightener())
        let dark = Tensor<Float>(
            shape: [1, 16, 16, 3], elements: (0 ..< 768).map { Float($0 % 7) / 8 - 0.6 })
        let measured = Degradation.denoise.measure(
            Image(pixels: dark, like: blockPicture(width: 16, height: 16)),
            random: RandomSource(seed: 1)
        ).picture
        func run(_ look: Look) -> (image: Image, stepCount: Int) {
            var options = RecoveryOptions()
            options.look = look
            let recovery = measured.restored(
                from: .denoise, noise: 0.1, by: networks, options: options)
            let steps = recovery.map(\.step)
            #expect(steps == Array(1 ... steps.count))
            return (recovery.result().image, steps.count)
        }
        let (plain, result) = (run(.faithful), run(look))
        #expect(result.stepCount == plain.stepCount + (share > 0 ? 1 : 0))
        for (value, faithful) in zip(result.image.pixels.elements, plain.image.pixels.elements) {
            #expect(abs(value - faithful - 0.05 * share) < 1 / 127.5)
        }
        #expect(look.name == name)
    }

    @Test(arguments: ["blurry", "", "-0.1", "1.5", "nan"])
    func otherWordsAreNoLooks(text: String) { #expect(Look(text) == nil) }

    /// Tells what it is told.
    struct LevelDenoiser: PixelDenoiser {
        func denoised(_ pixels: Tensor<Float>, deviations: Tensor<Float>) -> Tensor<Float> {
            Tensor(
                shape: pixels.shape,
                elements: pixels.elements.indices.map { deviations.elements[$0 / 3] })
        }
    }

    @Test func noiseThatGrowsWithTheBrightnessIsTold() throws {
        let ramp = Tensor<Float>(
            shape: [1, 96, 96, 3],
            elements: (0 ..< 96 * 96 * 3).map { Float($0 / 3 % 96) / 53 - 0.9 })
        let noisy = MeasurementNoise.poisson(peak: 60).added(
            to: ramp, random: RandomSource(seed: 4))
        let picture = Image(
            pixels: noisy.clampedToPixels, like: blockPicture(width: 96, height: 96))
        let judged = picture.restored(from: .denoise, by: LevelDenoiser()).result()
        let found = try #require(judged.judgedNoise.byBrightness)
        #expect(found.deviation(at: 1) > 2 * found.deviation(at: -0.9))
        // The first look said the same level everywhere, and the second is told what that brightness has.
        let level = Float(found.deviation(at: judged.noise))
        for value in judged.image.pixels.elements { #expect(abs(value - level) < 1 / 127.5) }
        let told = picture.restored(from: .denoise, noise: 0.1, by: LevelDenoiser()).result()
        #expect(told.judgedNoise.byBrightness == nil)
        for value in told.image.pixels.elements { #expect(abs(value - 0.1) < 1 / 127.5) }
    }

    @Test func saltAndPepperAreFilled() {
        let random = RandomSource(seed: 6)
        let smooth = (0 ..< 48 * 48 * 3).map { (index: Int) -> Float in
            Float(index / 3 % 48) / 60 - 0.4
        }
        let hit = (0 ..< 48 * 48).map { random.uniform(step: 0, position: $0) < 0.1 }
        let noisy = smooth.indices.map { index -> Float in
            guard hit[index / 3] else { return smooth[index] }
            return random.uniform(step: 1, position: index / 3) < 0.5 ? -1 : 1
        }
        let picture = Image(
            pixels: Tensor(shape: [1, 48, 48, 3], elements: noisy),
            like: blockPicture(width: 48, height: 48))
        let recovered = picture.restored(from: .denoise, by: HalfwayDenoiser()).result()
        let share = Double(hit.count { $0 }) / Double(hit.count)
        #expect(abs(recovered.judgedNoise.impulseShare - share) < 0.005)
        for (value, wanted) in zip(recovered.image.pixels.elements, smooth) {
            #expect(abs(value - wanted) < 0.1)
        }
        let kept = picture.restored(from: .denoise, noise: 0, by: HalfwayDenoiser()).result()
        #expect(kept.judgedNoise.impulseShare == 0 && kept.image.samples == picture.samples)
    }

    @Test func grainIsSaidAndKept() throws {
        // Squares of 2 x 2 pixels that are alike.
        let random = RandomSource(seed: 7)
        let pixels = Tensor<Float>(
            shape: [1, 96, 96, 3],
            elements: (0 ..< 96 * 96 * 3).map { index in
                let (x, y): (Int, Int) = (index / 3 % 96 / 2, index / 3 / 96 / 2)
                let position = (y * 48 + x) * 3 + index % 3
                return 0.2 * random.normal(step: 0, position: position)
            })
        let picture = Image(
            pixels: pixels.clampedToPixels, like: blockPicture(width: 96, height: 96))
        let judged = picture.restored(from: .denoise, by: HalfwayDenoiser()).result().judgedNoise
        let grain = try #require(judged.grain)
        #expect(abs(grain - 0.2) < 0.03)
        let white = MeasurementNoise.gaussian(deviation: 0.2).added(
            to: Tensor(shape: pixels.shape, repeating: 0), random: random)
        let plain = Image(
            pixels: white.clampedToPixels, like: blockPicture(width: 96, height: 96))
        #expect(
            plain.restored(from: .denoise, by: HalfwayDenoiser()).result().judgedNoise.grain == nil)
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
