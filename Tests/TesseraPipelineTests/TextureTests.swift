import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import Testing
import _TesseraTestSupport

/// Laws of holes that are filled with pixels of their picture, with a model and without.
@Suite struct TextureTests {
    /// A picture's kind, and whether a model guides what is copied.
    struct Case: CustomTestStringConvertible, Sendable {
        let colour: Image.Colour
        let bits: Int
        let hasAlpha: Bool
        let hasModel: Bool
        var testDescription: String {
            "\(colour) of \(bits) bits, alpha \(hasAlpha), model \(hasModel)"
        }
    }

    static let cases: [Case] = [
        Case(colour: .rgb, bits: 8, hasAlpha: false, hasModel: false),
        Case(colour: .rgb, bits: 16, hasAlpha: true, hasModel: false),
        Case(colour: .gray, bits: 8, hasAlpha: true, hasModel: true),
        Case(colour: .gray, bits: 16, hasAlpha: false, hasModel: true),
    ]

    private var options: RecoveryOptions {
        var options = RecoveryOptions()
        options.stepCount = 1
        options.innerStepCount = 1
        options.texture = .exemplar
        return options
    }

    /// A hole in a corner, one at an edge, one inside.
    private let holes = PixelMask(
        height: 72, width: 80,
        isHole: (0 ..< 72 * 80).map { pixel in
            let (y, x) = (pixel / 80, pixel % 80)
            return (y < 9 && x < 11) || (x >= 70 && (30 ..< 40).contains(y))
                || ((40 ..< 53).contains(y) && (24 ..< 36).contains(x))
        })

    private func fill(
        _ image: Image, _ hole: PixelMask, hasModel: Bool = false,
        avoiding avoided: PixelMask? = nil,
        options: RecoveryOptions
    ) -> Image? {
        hasModel
            ? blockModel.inpaint(image, hole: hole, avoiding: avoided, options: options).result()
                .image
            : image.filledFromExemplars(hole: hole, avoiding: avoided, options: options).result()
    }

    @Test(arguments: cases)
    func knownPixelsStayBitForBit(_ example: Case) throws {
        let image = noisePicture(
            width: 80, height: 72, colour: example.colour, bits: example.bits)
        let opaque = Samples.eight([UInt8](repeating: 255, count: 80 * 72))
        let deep = Samples.sixteen([UInt16](repeating: 65_535, count: 80 * 72))
        let whole = Image(
            width: 80, height: 72, colour: image.colour, samples: image.samples,
            alpha: example.hasAlpha ? (example.bits == 16 ? deep : opaque) : nil)
        let result = try #require(
            fill(whole, holes, hasModel: example.hasModel, options: options))
        #expect(result.alpha == whole.alpha)
        #expect(result.samples != whole.samples)
        var restored = result
        restored.restoreSamples(
            of: whole, outside: Tensor(shape: [72, 80], elements: holes.isHole))
        #expect(restored == result)
    }

    @Test(arguments: [false, true])
    func threadsChangeNothingAndSeedsDo(hasModel: Bool) {
        let image = noisePicture(width: 80, height: 72)
        let before = Processor.threadCount
        defer { Processor.setThreadCount(before) }
        Processor.setThreadCount(1)
        let one = fill(image, holes, hasModel: hasModel, options: options)
        Processor.setThreadCount(2)
        let two = fill(image, holes, hasModel: hasModel, options: options)
        #expect(one != nil && one == two)
        var other = options
        other.seed = 1
        #expect(one != fill(image, holes, hasModel: hasModel, options: other))
    }

    /// A dot of a colour that nothing else has, in the one place that looks as the hole's surroundings do.
    @Test func whatIsAvoidedIsNotCopied() throws {
        let (height, width) = (96, 112)
        let noise = noisePicture(width: width, height: height, colour: .gray)
        guard case .eight(var levels) = noise.samples else { return }
        for y in -12 ..< 24 {
            for x in -12 ..< 24 {
                levels[(62 + y) * width + 70 + x] = levels[(20 + y) * width + 22 + x]
            }
        }
        let dot = PixelMask(height: height, width: width, rows: 24 ..< 28, columns: 26 ..< 30)
        let samples = levels.indices.flatMap { pixel -> [UInt8] in
            dot.isHole[pixel] ? [255, 0, 0] : [levels[pixel], levels[pixel], levels[pixel]]
        }
        let image = Image(width: width, height: height, colour: .rgb, samples: .eight(samples))
        let hole = PixelMask(height: height, width: width, rows: 62 ..< 74, columns: 70 ..< 82)
        #expect(colouredCount(try #require(fill(image, hole, options: options)), in: hole) > 0)
        let careful = try #require(fill(image, hole, avoiding: dot, options: options))
        #expect(colouredCount(careful, in: hole) == 0)
    }

    /// The number of pixels of a mask whose channels differ by more than rounding.
    private func colouredCount(_ image: Image, in mask: PixelMask) -> Int {
        let values = image.pixels.elements
        return mask.isHole.indices.count { pixel in
            let colour = values[3 * pixel ..< 3 * pixel + 3]
            return mask.isHole[pixel] && (colour.max() ?? 0) - (colour.min() ?? 0) > 0.02
        }
    }

    /// Two holes that lie apart, each of four sizes with 8, 6, 4 and 3 rounds, and the borders of its copies.
    private let apart = PixelMask(
        height: 96, width: 176,
        isHole: (0 ..< 96 * 176).map { pixel in
            let (y, x) = (pixel / 176, pixel % 176)
            return (20 ..< 34).contains(y) && (x / 14 == 1 || x / 14 == 10)
        })

    @Test func copyingWithoutAModelIsInSteps() throws {
        let image = noisePicture(width: 176, height: 96)
        let whole = try #require(fill(image, apart, options: options))
        let steps = Array(image.filledFromExemplars(hole: apart, options: options))
        #expect(Set(steps.map(\.stepCount)) == [44])
        #expect(steps.map(\.step) == steps.map(\.step).sorted())
        #expect(Set(steps.map(\.step)) == Set(0 ... 44))
        #expect(!steps.map(\.isCopying).contains(false))
        // What is seen on the way has the holes that are done.
        #expect(steps[0].preview == image)
        #expect(steps.last?.preview != image && steps.last?.preview != whole)
        let run = image.filledFromExemplars(hole: apart, options: options)
        for step in run where step.step == 30 { break }
        #expect(run.next()?.step == 30)
        #expect(run.result() == whole)
    }

    @Test func copyingFollowsSamplingInSteps() throws {
        let image = noisePicture(width: 176, height: 96)
        let whole = try #require(fill(image, apart, hasModel: true, options: options))
        func recovery() -> Recovery { blockModel.inpaint(image, hole: apart, options: options) }
        let steps = Array(recovery())
        let sampled = steps.count { !$0.isCopying }
        #expect(sampled >= 1 && steps[..<sampled].map(\.step) == Array(1 ... sampled))
        #expect(!steps[sampled...].map(\.isCopying).contains(false))
        #expect(Set(steps.map(\.stepCount)) == [sampled + 44])
        #expect(Set(steps.map(\.step)) == Set(1 ... sampled + 44))
        let left = recovery()
        for step in left where step.step == sampled + 30 { break }
        let result = left.result()
        #expect(result.image == whole && result.copiedCount == apart.holeCount)
    }

    @Test func theModelIsNotAskedAboutWideHoles() throws {
        var options = options
        options.unguidedWidth = 20
        let (height, width) = (72, 128)
        let image = noisePicture(width: width, height: height)
        func box(_ rows: Range<Int>, _ columns: Range<Int>) -> [Bool] {
            PixelMask(height: height, width: width, rows: rows, columns: columns).isHole
        }
        let wide = box(20 ..< 42, 70 ..< 94)
        let alone = PixelMask(height: height, width: width, isHole: wide)
        let recovery = blockModel.inpaint(image, hole: alone, options: options)
        #expect(!recovery.map(\.isCopying).contains(false))
        let result = recovery.result()
        #expect(result.copiedCount == alone.holeCount && result.decodeCount == 0)
        #expect(result.image == fill(image, alone, options: options))

        let both = PixelMask(
            height: height, width: width,
            isHole: zip(wide, box(30 ..< 42, 12 ..< 24)).map { $0 || $1 })
        let second = blockModel.inpaint(image, hole: both, options: options)
        let kinds = second.map(\.isCopying)
        #expect(kinds.first == true && kinds.contains(false) && kinds.last == true)
        #expect(second.result().copiedCount == both.holeCount)
    }

    /// What is not copied is not counted as a step either.
    @Test func theModelsTextureTakesNoFurtherSteps() {
        var options = options
        options.texture = .model
        let image = noisePicture(width: 80, height: 72)
        let steps = Array(blockModel.inpaint(image, hole: holes, options: options))
        #expect(steps.allSatisfy { !$0.isCopying })
        #expect(steps.map(\.step) == Array(1 ... steps.count))
        #expect(Set(steps.map(\.stepCount)) == [steps.count])
    }

    @Test func withTooLittleToCopyThereIsNoPicture() {
        let image = noisePicture(width: 40, height: 40)
        let frame = PixelMask(height: 40, width: 40, rows: 2 ..< 38, columns: 2 ..< 38)
        #expect(fill(image, frame, options: options) == nil)
        let all = PixelMask(height: 40, width: 40, rows: 0 ..< 40, columns: 0 ..< 40)
        #expect(fill(image, all, options: options) == nil)
        let recovered = blockModel.inpaint(image, hole: frame, options: options).result()
        #expect(recovered.copiedCount == 0)
    }
}
