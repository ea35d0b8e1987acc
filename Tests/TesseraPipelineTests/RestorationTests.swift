import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

@Suite struct RestorationTests {
    static let restorable = Degradation.all.filter { $0.restoration != nil }

    static var quick: RecoveryOptions {
        var options = RecoveryOptions()
        options.stepCount = 2
        options.innerStepCount = 1
        return options
    }

    @Test(arguments: restorable)
    func aRestoredPictureHasTheSizeOfTheUndamagedOne(_ named: Degradation) {
        let degradation = TrialTests.small(named)
        let measured = degradation.measure(
            blockPicture(width: 40, height: 24), random: RandomSource(seed: 1))
        let restored = blockModel.restore(
            measured.picture, from: degradation, options: Self.quick
        ).result()
        #expect(restored.image.width == 40 && restored.image.height == 24)
        #expect(restored.image.colour == .rgb)
        let again = blockModel.restore(measured.picture, from: degradation, options: Self.quick)
            .result()
        #expect(restored.image == again.image)
    }

    @Test func theLastPreviewIsTheResult() {
        let small = blockPicture(width: 10, height: 8)
        let recovery = blockModel.restore(small, from: .sr4, options: Self.quick)
        let previews = recovery.map(\.preview)
        #expect(previews.count == 2)
        #expect(previews.last == recovery.result().image)
    }

    /// Windows of a picture wider than one, and what each operator measures there.
    @Test(arguments: Degradation.all.filter(\.givesPicture))
    func aWindowMeasuresWhatTheWholePictureDoes(_ named: Degradation) throws {
        let degradation = TrialTests.small(named)
        let measured = degradation.measure(
            blockPicture(width: 80, height: 64, seed: 3), random: RandomSource(seed: 1))
        // Starts are multiples of 16, so that colour differences have whole blocks.
        for (rows, columns) in [(0 ..< 32, 16 ..< 80), (16 ..< 64, 32 ..< 64)] {
            let part = try #require(
                measured.forwardOperator.part(rows: rows, columns: columns, of: measured.values))
            let window = measured.original.pixels(rows: rows, columns: columns)
            #expect(part.forwardOperator.imageShape == window.shape)
            let residual = part.forwardOperator.residual(of: window, given: part.values)
            // Bicubic weights reach over the window's edge; everything else is exact up to rounding.
            let isBicubic = [.sr2, .sr4, .sr8].contains(named)
            #expect(residual < (isBicubic ? 0.2 : 1e-4), "\(named.name): \(residual)")
        }
    }

    @Test func aPictureOfSeveralWindowsIsRestored() {
        var degradation = Degradation.deblurGaussian
        degradation.parameters.kernel = .gaussian(side: 9, deviation: 1)
        let image = blockPicture(width: 344, height: 16)
        let measured = degradation.measure(image, random: RandomSource(seed: 1))
        let restored = blockModel.restore(
            measured.picture, from: degradation, noise: 0, options: Self.quick
        ).result()
        let before = PictureComparison(measured.picture, with: image).psnr
        #expect(PictureComparison(restored.image, with: image).psnr > before)
    }

    /// The initial estimate and the data-consistency step are never farther from it than gray.
    @Test(arguments: Degradation.all, [0, 0.1])
    func theInitialEstimateExplainsTheMeasurement(_ named: Degradation, noise: Double) {
        var degradation = TrialTests.small(named)
        degradation.parameters.boxSide = 8
        if noise > 0 { degradation.parameters.noise = .gaussian(deviation: noise) }
        let measured = degradation.measure(
            blockPicture(width: 16, height: 16), random: RandomSource(seed: 1))
        let forwardOperator = measured.forwardOperator
        let gray = Tensor<Float>(shape: forwardOperator.imageShape, repeating: 0)
        let worst = forwardOperator.residual(of: gray, given: measured.values)
        let estimate = forwardOperator.initialEstimate(from: measured.values, noise: noise)
        #expect(estimate.elements.allSatisfy { abs($0) <= 1 })
        #expect(forwardOperator.residual(of: estimate, given: measured.values) < worst)
        let consistent = forwardOperator.dataConsistent(gray, with: measured.values, noise: noise)
        #expect(forwardOperator.residual(of: consistent, given: measured.values) <= worst)
    }

    /// What a smooth picture with noise of 0.1 in each channel is said to have, by what is undone; the
    /// luma of such a picture has noise of 0.067.
    @Test(
        arguments: [
            (.denoise, 0.1, 0.067), (.deblurGaussian, 0.1, 0.067), (.sr2, 0.1, 0.067),
            (.hdr, 0.1, 0),
            (.jpeg, 0, 0), (.colorize, 0, 0),
        ] as [(Degradation, Double, Double)])
    func theNoiseIsJudgedByThePicture(_ degradation: Degradation, colour: Double, gray: Double) {
        var values = [Float](repeating: 0, count: 40 * 32 * 3)
        for i in values.indices { values[i] = Float(i / 3 % 40) / 50 - 0.4 }
        let smooth = Tensor(shape: [1, 32, 40, 3], elements: values)
        let noisy = MeasurementNoise.gaussian(deviation: 0.1)
            .added(to: smooth, random: RandomSource(seed: 4))
        func noise(_ pixels: Tensor<Float>, colour: Image.Colour) -> Double {
            let like = Image(
                width: 1, height: 1, colour: colour,
                samples: .eight([UInt8](repeating: 0, count: colour.channelCount)))
            return blockModel.restore(
                Image(pixels: pixels, like: like), from: TrialTests.small(degradation),
                options: Self.quick
            ).result().noise
        }
        #expect(abs(noise(noisy, colour: .rgb) - colour) <= 0.15 * colour)
        #expect(abs(noise(noisy, colour: .gray) - gray) <= 0.15 * gray)
        #expect(noise(smooth, colour: .rgb) < 0.01)
    }

    /// Equal channels are colours that say nothing: in a JPEG they may have been stored coarser.
    @Test(arguments: [(ImageFormat.jpeg, 0.1), (.png, 0)])
    func coloursOfAJPEGAreNotAsked(format: ImageFormat, expected: Double) {
        let noisy = MeasurementNoise.gaussian(deviation: 0.1)
            .added(
                to: Tensor<Float>(shape: [1, 32, 40, 3], repeating: -0.1),
                random: RandomSource(seed: 4)
            ).elements
        let equal = Tensor(
            shape: [1, 32, 40, 3], elements: noisy.indices.map { noisy[$0 / 3 * 3] })
        let like = Image(
            width: 1, height: 1, colour: .rgb, samples: .eight([0, 0, 0]), format: format)
        let noise = blockModel.restore(
            Image(pixels: equal, like: like), from: .sr2, options: Self.quick
        ).result().noise
        #expect(abs(noise - expected) <= 0.15 * expected)
    }

    @Test func samplesHaveTheirMeanAndStandardDeviation() {
        var statistics = SampleStatistics()
        for level: UInt8 in [100, 110, 120] {
            statistics.add(
                Image(
                    width: 1, height: 1, colour: .rgb, samples: .eight([level, 50, level])))
        }
        #expect(statistics.mean.samples == .eight([110, 50, 110]))
        // The deviation is √(200 / 3) = 8.165 levels, and 64 levels of 255 are white: times 255 / 63.75.
        #expect(statistics.standardDeviation.samples == .eight([33, 0, 33]))
    }
}

@Suite struct KernelReadingTests {
    private let folder = TemporaryFolder()

    private func kernel(_ weights: [Float], shape: [Int]) throws -> String {
        let path = folder.file("kernel.npy")
        let tensor = Tensor<Float>(shape: shape, elements: weights)
        try NumPyFile.write(tensor, to: path, replacing: true)
        return path
    }

    @Test func aKernelComesBackFromItsFile() throws {
        let path = try kernel([0, 0.25, 0, 0.125, 0.5, 0.125], shape: [1, 6])
        expect(
            "the kernel '\(path)' has the shape [1, 6], but needs two odd sides of at most 129; "
                + "pad it with zeros to an odd size, or cut it"
        ) { () throws(KernelError) in _ = try BlurKernel(contentsOf: path) }
        let good = try kernel([0.25, 0.5, 0.25], shape: [3, 1])
        #expect(try BlurKernel(contentsOf: good).weights == [0.25, 0.5, 0.25])
    }

    @Test func aKernelOfNoNumbersIsRefused() throws {
        let path = try kernel([0.5, .nan, 0.5], shape: [3, 1])
        expect(
            "the kernel '\(path)' has a weight that is no finite number; replace it by a number"
        ) { () throws(KernelError) in _ = try BlurKernel(contentsOf: path) }
    }

    @Test func aKernelThatBrightensIsRefused() throws {
        let path = try kernel([0.5, 0.5, 0.5], shape: [3, 1])
        expect(
            "the weights of the kernel '\(path)' sum to 1.5, but must sum to 1; divide them by "
                + "their sum"
        ) { () throws(KernelError) in _ = try BlurKernel(contentsOf: path) }
    }

    @Test func aPictureIsScaledToASumOfOne() throws {
        let image = Image(width: 3, height: 1, colour: .gray, samples: .eight([51, 102, 51]))
        let path = folder.file("kernel.png")
        try image.write(to: path)
        let weights = try BlurKernel(contentsOf: path).weights
        #expect(zip(weights, [0.25, 0.5, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 })
        let black = Image(width: 3, height: 1, colour: .gray, samples: .eight([0, 0, 0]))
        try black.write(to: folder.file("black.png"))
        #expect(throws: KernelError.self) {
            try BlurKernel(contentsOf: folder.file("black.png"))
        }
    }
}
