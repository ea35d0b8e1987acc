import Synchronization
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

@Suite struct SamplingRunTests {
    private static let options: RecoveryOptions = {
        var options = RecoveryOptions()
        options.stepCount = 4
        options.innerStepCount = 2
        return options
    }()

    /// A hole of one window, and the decodes that filling it takes.
    private struct Job {
        let decodes = DecodeCounts()
        let image = noisePicture(width: 64, height: 64)
        let mask = PixelMask(height: 64, width: 64, rows: 16 ..< 48, columns: 16 ..< 48)

        var recovery: Recovery {
            let model = Model(
                name: "blocks",
                tokenizer: BlockTokenizer(guidanceDecoder: CountingDecoder(counts: decodes)),
                prior: IndifferentPrior())
            return model.inpaint(image, hole: mask, options: options)
        }
    }

    @Test func nothingIsComputedBeforeItIsAskedFor() {
        let job = Job()
        let recovery = job.recovery
        #expect(job.decodes.steering == 0)
        _ = recovery.next()
        #expect(job.decodes.steering == 2)
        #expect(job.decodes.plain == 0)
    }

    @Test(arguments: 1 ... 4)
    func leavingTheLoopEndsTheWork(after stepCount: Int) {
        let job = Job()
        for step in job.recovery where step.step == stepCount { break }
        #expect(job.decodes.steering == 2 * stepCount)
        // Neither a preview nor a result was asked for.
        #expect(job.decodes.plain == 0)
    }

    @Test func aResultIsWhatTheStepsLeadTo() {
        let (one, other) = (Job(), Job())
        let atOnce = one.recovery.result()
        let recovery = other.recovery
        // Two loops and what is left after them.
        for _ in recovery { break }
        for step in recovery where step.step == 3 { break }
        #expect(other.decodes.steering == 6)
        let inParts = recovery.result()
        #expect(inParts.image == atOnce.image)
        #expect(inParts.residual == atOnce.residual)
        #expect(inParts.decodeCount == 8 && atOnce.decodeCount == 8)
        // Only the result was decoded as a picture, and asking again costs nothing.
        _ = recovery.result()
        #expect(recovery.next()?.step == nil)
        #expect(other.decodes.steering == 8 && other.decodes.plain == 1)
    }

    @Test func aMaskWithoutAHoleTakesNoSteps() {
        let image = noisePicture(width: 20, height: 30)
        let mask = PixelMask(height: 30, width: 20, rows: 0 ..< 0, columns: 0 ..< 0)
        let recovery = blockModel.inpaint(image, hole: mask, options: Self.options)
        #expect(recovery.next()?.step == nil)
        #expect(recovery.result().image == image)
    }

    /// A region of one window and one of two: steps count windows, not regions.
    @Test func stepsOfUnequalRegionsNumberUpToTheirCount() {
        let image = noisePicture(width: 700, height: 16)
        let isHole = (0 ..< 16 * 700).map { index in
            let x = index % 700
            return x == 4 || x > 300 && x % 16 == 0
        }
        let mask = PixelMask(height: 16, width: 700, isHole: isHole)
        let steps = Array(blockModel.inpaint(image, hole: mask, options: Self.options))
        #expect(Set(steps.map(\.stepCount)) == [12])
        #expect(steps.map(\.step) == Array(1 ... 12))
    }

    @Test func stepsAtHalfTheSizeArePreparatory() {
        let image = noisePicture(width: 136, height: 128)
        let mask = PixelMask(height: 128, width: 136, rows: 16 ..< 112, columns: 8 ..< 104)
        func recovery() -> Recovery {
            blockModel.inpaint(image, hole: mask, options: Self.options)
        }
        let steps = Array(recovery())
        #expect(steps.map(\.step) == [0, 0, 0, 0, 1, 2, 3, 4])
        #expect(steps.map(\.isPreparatory) == steps.map { $0.step == 0 })
        #expect(Set(steps.map(\.stepCount)) == [4])
        // What half the size is filled with is seen at the whole size, and known pixels stay.
        #expect(steps[0].preview.width == 136)
        #expect(steps[0].preview != steps[3].preview)
        #expect(recovery().result().decodeCount == 16)
    }

    @Test func aDrawingIsARunAsWell() {
        func generation() -> Generation {
            blockModel.generate(
                height: 40, width: 32, configuration: SamplerConfiguration(stepCount: 3),
                random: RandomSource(seed: 9))
        }
        let run = generation()
        let steps = Array(run)
        #expect(steps.map(\.step) == [1, 2, 3])
        #expect(steps.map(\.preview).last?.maskedIndices == [])
        #expect(run.result() == generation().result())
    }
}

/// How often a decoder was asked.
private final class DecodeCounts: Sendable {
    private let counts = Mutex((plain: 0, steering: 0))

    /// How often for pixels alone.
    var plain: Int { counts.withLock(\.plain) }

    /// How often for pixels and a gradient.
    var steering: Int { counts.withLock(\.steering) }

    func countPlain() { counts.withLock { $0.plain += 1 } }

    func countSteering() { counts.withLock { $0.steering += 1 } }
}

/// A decoder that counts how often it is asked.
private struct CountingDecoder: LatentDecoder {
    let counts: DecodeCounts
    let pixelsPerToken = 8

    func decode(_ latent: Tensor<Float>) -> Tensor<Float> {
        counts.countPlain()
        return BlockDecoder().decode(latent)
    }

    func decodeWithPullback(
        _ latent: Tensor<Float>
    ) -> (pixels: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
        counts.countSteering()
        return BlockDecoder().decodeWithPullback(latent)
    }
}
