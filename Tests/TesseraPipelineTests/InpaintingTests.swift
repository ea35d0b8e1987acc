import Synchronization
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraPosterior
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct InpaintingTests {
    /// A picture's kind, and how the hole lies in it.
    struct Case: CustomTestStringConvertible, Sendable {
        let colour: Image.Colour
        let bits: Int
        let hasAlpha: Bool
        let method: RecoveryMethod
        var testDescription: String {
            "\(colour) of \(bits) bits, alpha \(hasAlpha), \(method.name)"
        }
    }

    static let cases: [Case] = [
        Case(colour: .rgb, bits: 8, hasAlpha: false, method: .anchored),
        Case(colour: .rgb, bits: 16, hasAlpha: true, method: .anchored),
        Case(colour: .gray, bits: 8, hasAlpha: true, method: .anchored),
        Case(colour: .gray, bits: 16, hasAlpha: false, method: .replacement),
    ]

    private func options(_ method: RecoveryMethod = .anchored) -> RecoveryOptions {
        var options = RecoveryOptions()
        options.method = method
        options.stepCount = 3
        options.innerStepCount = 2
        // What is copied at last is another suite's matter: ``TextureTests``.
        options.texture = .model
        return options
    }

    @Test(arguments: cases)
    func pixelsOutsideOfTheHoleStayBitForBit(_ example: Case) {
        let image = noisePicture(
            width: 61, height: 43, colour: example.colour, bits: example.bits,
            hasAlpha: example.hasAlpha)
        let mask = PixelMask(
            height: 43, width: 61, fraction: 0.3, random: RandomSource(seed: 5))
        let result = blockModel.inpaint(image, hole: mask, options: options(example.method))
            .result().image
        #expect(result.alpha == image.alpha)
        #expect(result.bitsPerSample == image.bitsPerSample)
        let channels = image.colour.channelCount
        let (old, new) = (values(image), values(result))
        var changedCount = 0
        for index in old.indices where old[index] != new[index] {
            #expect(mask.isHole[index / channels])
            changedCount += 1
        }
        #expect(changedCount > 100)
    }

    @Test func aMaskWithoutAHoleGivesThePictureItself() {
        let image = noisePicture(width: 20, height: 30)
        let mask = PixelMask(height: 30, width: 20, rows: 0 ..< 0, columns: 0 ..< 0)
        let recovered = blockModel.inpaint(image, hole: mask, options: options()).result()
        #expect(recovered.image == image)
        #expect(recovered.residual == 0)
    }

    @Test func aMaskWithoutAKnownPixelGivesASample() {
        let image = noisePicture(width: 24, height: 24)
        let mask = PixelMask(height: 24, width: 24, rows: 0 ..< 24, columns: 0 ..< 24)
        let result = blockModel.inpaint(image, hole: mask, options: options()).result().image
        #expect(result != image)
    }

    @Test func theSamePictureComesOutWithOneThreadAndWithTwo() {
        let image = noisePicture(width: 64, height: 64)
        let mask = PixelMask(height: 64, width: 64, rows: 20 ..< 44, columns: 10 ..< 30)
        let before = Processor.threadCount
        defer { Processor.setThreadCount(before) }
        Processor.setThreadCount(1)
        let one = blockModel.inpaint(image, hole: mask, options: options(.replacement)).result()
            .image
        Processor.setThreadCount(2)
        let two = blockModel.inpaint(image, hole: mask, options: options(.replacement)).result()
            .image
        #expect(one == two)
    }

    @Test func anotherSeedGivesAnotherPicture() {
        let image = noisePicture(width: 64, height: 64)
        let mask = PixelMask(height: 64, width: 64, rows: 8 ..< 56, columns: 8 ..< 56)
        var other = options(.replacement)
        other.seed = 1
        let first = blockModel.inpaint(image, hole: mask, options: options(.replacement)).result()
            .image
        #expect(first != blockModel.inpaint(image, hole: mask, options: other).result().image)
    }

    @Test func stepsAreCountedUpToTheirNumber() {
        let image = noisePicture(width: 400, height: 60)
        // Two holes far from each other: two regions.
        let isHole = (0 ..< 60 * 400).map { [15, 385].contains($0 % 400) && $0 / 400 == 30 }
        let mask = PixelMask(height: 60, width: 400, isHole: isHole)
        var steps: [Int] = []
        var counts: Set<Int> = []
        for step in blockModel.inpaint(image, hole: mask, options: options()) {
            steps.append(step.step)
            counts.insert(step.stepCount)
        }
        #expect(counts == [6])
        #expect(steps == steps.sorted())
        #expect(steps.last == 6)
    }

    @Test(arguments: [(90, 1), (96, 2), (190, 2), (200, 3)])
    func aWideHoleIsFirstFilledAtHalfTheSize(side: Int, sizeCount: Int) {
        let (height, width) = (side + 32, side + 40)
        let image = noisePicture(width: width, height: height)
        let mask = PixelMask(
            height: height, width: width, rows: 16 ..< 16 + side, columns: 8 ..< 8 + side)
        let recovered = blockModel.inpaint(image, hole: mask, options: options()).result()
        // One window at each size, of 3 steps of 2 decodes.
        #expect(recovered.decodeCount == 6 * sizeCount)
    }

    @Test func replacementGoesWithoutHalfTheSize() {
        let mask = PixelMask(height: 128, width: 136, rows: 16 ..< 112, columns: 8 ..< 104)
        let recovery = blockModel.inpaint(
            noisePicture(width: 136, height: 128), hole: mask, options: options(.replacement))
        #expect(recovery.map(\.isPreparatory) == [false, false, false])
        #expect(recovery.result().decodeCount == 0)
    }

    /// The prior sees the whole region, and the decoder for gradients what is near the hole.
    @Test func theSurroundingsOfAHoleAreSeenByThePriorAlone() {
        let prior = RecordingPrior()
        let decoder = RecordingDecoder()
        let model = Model(
            name: "blocks", hashes: [(role: "tokenizer", sha256: "00ff")],
            tokenizer: BlockTokenizer(guidanceDecoder: decoder), prior: prior)
        let image = noisePicture(width: 256, height: 256)
        let mask = PixelMask(height: 256, width: 256, rows: 100 ..< 130, columns: 64 ..< 80)
        _ = model.inpaint(image, hole: mask, options: options()).result()
        // The hole touches rows 12 to 16 and columns 8 and 9 of positions; a region has 8 around them.
        #expect(prior.seen.values == [[21, 18]])
        #expect(decoder.seen.values == [[13, 10]])
    }

    @Test func theLastPreviewIsTheResult() {
        let image = noisePicture(width: 400, height: 60)
        // Two holes far from each other: two regions, the first of which stays in later previews.
        let isHole = (0 ..< 60 * 400).map { !(20 ..< 380).contains($0 % 400) }
        let mask = PixelMask(height: 60, width: 400, isHole: isHole)
        let recovery = blockModel.inpaint(image, hole: mask, options: options())
        let previews = recovery.map(\.preview)
        #expect(previews.count == 6)
        #expect(previews.last == recovery.result().image)
        #expect(previews[2] != previews[5])
    }

    private func values(_ image: Image) -> [Int] {
        switch image.samples {
        case .eight(let values): values.map(Int.init)
        case .sixteen(let values): values.map(Int.init)
        }
    }
}

/// The sizes that were seen, each once.
private final class Sizes: Sendable {
    private let all = Mutex<[[Int]]>([])

    var values: [[Int]] { all.withLock { $0 } }

    func add(_ size: [Int]) {
        all.withLock { if !$0.contains(size) { $0.append(size) } }
    }
}

/// An indifferent prior that tells what grids it was asked about.
private struct RecordingPrior: TokenPredictor {
    let seen = Sizes()
    let vocabulary = [9, 9, 9]
    let labels: [String] = []

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        seen.add([grid.height, grid.width])
        return IndifferentPrior().logits(for: grid, at: indices, condition: condition)
    }
}

/// A decoder that tells what latents it was asked for with a gradient.
private struct RecordingDecoder: LatentDecoder {
    let seen = Sizes()
    let pixelsPerToken = 8

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> { BlockDecoder().decode(latent) }

    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        seen.add([latent.shape[1], latent.shape[2]])
        return BlockDecoder().decodeWithPullback(latent)
    }
}
