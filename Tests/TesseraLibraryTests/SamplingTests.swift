import CTesseraLibrary
import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraLibrary
import TesseraPipeline
import TesseraPosterior
import TesseraSampler
import TesseraTensor
import TesseraTokens
import Testing
import _TesseraTestSupport

/// Restoring and drawing as a program in C asks for them, held against the Swift library; and stopping.
@Suite struct SamplingTests {
    private let handle = TinyHandle()
    private let model: Model

    init() throws {
        model = try Model(
            ModelFolder(path: tinyModelPath), needsPrior: true, precision: .fastForGuidance)
    }

    /// Counts steps, and says after which to stop.
    final class Steps {
        var told: [(Int, Int)] = []
        var last = Int.max

        /// What C calls.
        static let step: tessera_step = { context, step, count in
            guard let context else { return 1 }
            let steps = Unmanaged<Steps>.fromOpaque(context).takeUnretainedValue()
            steps.told.append((step, count))
            return steps.told.count >= steps.last ? 7 : 0
        }

        var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
    }

    /// Restores two pictures of noise.
    private func restore(
        _ task: String, factor: Int, _ change: (inout tessera_restoration) -> Void = { _ in }
    ) -> (status: tessera_status, results: [UInt8]) {
        let (height, width) = (16, 24)
        let bytes = noise(2 * height * width * 3, seed: 8)
        var results = [UInt8](repeating: 9, count: bytes.count * factor * factor)
        var options = tessera_restoration()
        (options.sampling.seed, options.sampling.step_count) = (3, 2)
        options.sampling.inner_step_count = 1
        change(&options)
        let status = withPictures(bytes, count: 2, height: height, width: width) { pictures, _ in
            results.withUnsafeMutableBufferPointer { buffer in
                var target = tessera_pictures()
                (target.bytes, target.byte_count) = (buffer.baseAddress, buffer.count)
                target.count = 2
                (target.height, target.width) = (factor * height, factor * width)
                return tessera_restore(handle.model, task, &pictures, &target, &options)
            }
        }
        return (status, results)
    }

    /// What the Swift library makes of the same pictures.
    private func expected(_ degradation: Degradation, noise level: Double?) -> [UInt8] {
        let bytes = noise(2 * 16 * 24 * 3, seed: 8)
        return (0 ..< 2).flatMap { index -> [UInt8] in
            var options = RecoveryOptions()
            (options.seed, options.stepCount, options.innerStepCount) = (3, 2, 1)
            let part = Array(bytes[index * 16 * 24 * 3 ..< (index + 1) * 16 * 24 * 3])
            let recovered = model.restore(
                image(part, height: 16, width: 24), from: degradation, noise: level,
                options: options
            ).result()
            guard case .eight(let samples) = recovered.image.samples else { return [] }
            return samples
        }
    }

    @Test func restoredPicturesAreThoseOfTheSwiftLibrary() {
        let large = restore("sr2", factor: 2)
        #expect(large.status == TESSERA_OK)
        #expect(large.results == expected(.sr2, noise: nil))
        let known = withUnsafePointer(to: 0.05) { level in
            restore("denoise", factor: 1) { $0.noise = level }
        }
        #expect(known.status == TESSERA_OK)
        #expect(known.results == expected(.denoise, noise: 0.05))
        var stored = Degradation.jpeg
        stored.parameters.quality = 40
        #expect(
            restore("jpeg", factor: 1) { $0.quality = 40 }.results
                == expected(stored, noise: nil))
    }

    @Test func aLookIsForWhatADenoiserRestores() {
        #expect(restore("denoise", factor: 1) { $0.look = 0.5 }.status == TESSERA_ARGUMENT)
        #expect(message == "'look' is natural, but tokens are sampled, which have none")
        #expect(restore("denoise", factor: 1) { $0.look = 1.5 }.status == TESSERA_ARGUMENT)
        #expect(message == "'look' is 1.5, but must be from 0 to 1")
    }

    @Test func aKernelIsTakenAndNeeded() {
        let weights: [Float] = [0, 1, 0, 1, 4, 1, 0, 1, 0]
        var blurred = Degradation.deblurMotion
        blurred.parameters.kernel = BlurKernel(height: 3, width: 3, weights: weights)
        let result = weights.withUnsafeBufferPointer { kernel in
            restore("deblur-motion", factor: 1) {
                $0.kernel = kernel.baseAddress
                ($0.kernel_height, $0.kernel_width) = (3, 3)
            }
        }
        #expect(result.status == TESSERA_OK)
        #expect(result.results == expected(blurred, noise: nil))
        #expect(restore("deblur-motion", factor: 1).status == TESSERA_ARGUMENT)
        #expect(message == "'kernel' is null, but the task 'deblur-motion' needs one")
        let even = weights.withUnsafeBufferPointer { kernel in
            restore("deblur-gaussian", factor: 1) {
                $0.kernel = kernel.baseAddress
                ($0.kernel_height, $0.kernel_width) = (2, 3)
            }
        }
        #expect(even.status == TESSERA_ARGUMENT)
        #expect(message == "'kernel_height' is 2, but must be odd, so that there is a middle")
    }

    @Test func factorsSayHowLargeResultsAre() {
        for (task, factor) in [("sr2", 2), ("sr4", 4), ("sr8", 8), ("pool4", 4)] {
            #expect(tessera_restored_factor(task) == factor)
        }
        #expect(tessera_restored_factor("jpeg") == 1)
        #expect(tessera_restored_factor("inpaint-box") == 0 && tessera_restored_factor(nil) == 0)
        #expect(restore("sr4", factor: 2).status == TESSERA_ARGUMENT)
        #expect(
            message
                == "'results' have 48 x 32 pixels, but must have 96 x 64, 4 times the sides of "
                + "'pictures'")
    }

    @Test func wordsThatAreNoneAreRefusedWithThoseThatAre() {
        #expect(restore("sr3", factor: 2).status == TESSERA_ARGUMENT)
        #expect(message.hasPrefix("'task' is 'sr3', but must be one of sr2, sr4, "))
        let method = "annealing".withCString { name in
            restore("sr2", factor: 2) { $0.sampling.method = name }
        }
        #expect(method.status == TESSERA_ARGUMENT)
        #expect(message.hasPrefix("'method' is 'annealing', but must be one of aps, "))
        #expect(method.results.allSatisfy { $0 == 9 })
        let level = withUnsafePointer(to: -1.0) { level in
            restore("sr2", factor: 2) { $0.noise = level }
        }
        #expect(level.status == TESSERA_ARGUMENT)
        #expect(message == "'noise' is -1.0, but must be from 0 to 2")
    }

    @Test func stepsAreToldAndStopTheCall() {
        let steps = Steps()
        let whole = restore("sr2", factor: 2) {
            ($0.sampling.step, $0.sampling.context) = (Steps.step, steps.context)
        }
        #expect(whole.status == TESSERA_OK)
        #expect(steps.told.map(\.0) == [1, 2, 3, 4])
        #expect(steps.told.allSatisfy { $0.1 == 4 })
        // The first picture is done when the call is stopped in the second.
        (steps.told, steps.last) = ([], 3)
        let stopped = restore("sr2", factor: 2) {
            ($0.sampling.step, $0.sampling.context) = (Steps.step, steps.context)
        }
        #expect(stopped.status == TESSERA_STOPPED)
        #expect(message == "the step function ended the call")
        #expect(steps.told.count == 3)
        let half = whole.results.count / 2
        #expect(stopped.results[..<half] == whole.results[..<half])
        #expect(stopped.results[half...].allSatisfy { $0 == 9 })
    }

    @Test func fillingAHoleStops() {
        let bytes = noise(40 * 33 * 3, seed: 4)
        let flags = (0 ..< 40 * 33).map { UInt8($0 % 33 < 8 ? 1 : 0) }
        let steps = Steps()
        steps.last = 1
        var options = tessera_filling()
        (options.sampling.step, options.sampling.context) = (Steps.step, steps.context)
        withPictures(bytes, count: 1, height: 40, width: 33) { pictures, filled in
            #expect(
                tessera_inpaint(handle.model, &pictures, flags, flags.count, &options)
                    == TESSERA_STOPPED)
            #expect(Array(filled) == bytes)
        }
        #expect(steps.told.count == 1)
    }

    /// Two pictures whose holes are copied into: by a model after its two steps, and without one.
    @Test(arguments: [true, false]) func copyingIntoAHoleStops(hasModel: Bool) {
        let (height, width) = (40, 48)
        let bytes = noise(2 * height * width * 3, seed: 4)
        let flags = (0 ..< 2 * height * width).map { index in
            let (y, x) = (index % (height * width) / width, index % width)
            return UInt8((9 ..< 23).contains(y) && (11 ..< 25).contains(x) ? 1 : 0)
        }
        func fill(stoppingAfter count: Int) -> (
            status: tessera_status, filled: [UInt8], steps: Steps
        ) {
            let steps = Steps()
            steps.last = count
            var options = tessera_filling()
            (options.sampling.step, options.sampling.context) = (Steps.step, steps.context)
            (options.sampling.step_count, options.sampling.inner_step_count) = (2, 1)
            return withPictures(bytes, count: 2, height: height, width: width) { pictures, filled in
                let status =
                    hasModel
                    ? tessera_inpaint(handle.model, &pictures, flags, flags.count, &options)
                    : tessera_fill(&pictures, flags, flags.count, &options)
                return (status, Array(filled), steps)
            }
        }
        let whole = fill(stoppingAfter: .max)
        #expect(whole.status == TESSERA_OK)
        let told = whole.steps.told
        #expect(told.map(\.0) == told.map(\.0).sorted())
        #expect(told.last.map { $0.0 == $0.1 } == true)
        // Many steps after sampling in each picture: a stop in the first leaves both as they are, one in the
        // second writes the first.
        #expect(told.count > 40)
        let first = fill(stoppingAfter: 12)
        #expect(first.status == TESSERA_STOPPED && first.filled == bytes)
        #expect(first.steps.told.count == 12)
        let second = fill(stoppingAfter: told.count - 1)
        let half = bytes.count / 2
        #expect(second.status == TESSERA_STOPPED)
        #expect(second.filled[..<half] == whole.filled[..<half])
        #expect(second.filled[half...] == bytes[half...])
    }

    @Test func drawnPicturesAreThoseOfTheSwiftLibrary() throws {
        let bytes = [UInt8](repeating: 0, count: 2 * 16 * 24 * 3)
        let steps = Steps()
        withPictures(bytes, count: 2, height: 16, width: 24) { pictures, drawn in
            "tulips".withCString { label in
                withUnsafePointer(to: Float(2)) { guidance in
                    var options = tessera_generation()
                    (options.seed, options.step_count, options.label) = (5, 3, label)
                    options.guidance = guidance
                    (options.step, options.context) = (Steps.step, steps.context)
                    #expect(tessera_generate(handle.model, &pictures, &options) == TESSERA_OK)
                }
            }
            for index in 0 ..< 2 {
                let expected = model.generate(
                    height: 16, width: 24, condition: .label(1),
                    configuration: SamplerConfiguration(stepCount: 3, guidanceScale: 2),
                    random: RandomSource(seed: 5, key: UInt64(index))
                ).result()
                let part = index * 16 * 24 * 3 ..< (index + 1) * 16 * 24 * 3
                #expect(.eight(Array(drawn[part])) == expected.samples)
            }
            #expect(steps.told.map(\.0) == Array(1 ... 6))
            (steps.told, steps.last) = ([], 2)
            var options = tessera_generation()
            (options.step, options.context) = (Steps.step, steps.context)
            #expect(tessera_generate(handle.model, &pictures, &options) == TESSERA_STOPPED)
            #expect(steps.told.count == 2)
        }
    }

    @Test func drawingRefusesWhatCannotBe() {
        withPictures([0, 0, 0], count: 1, height: 1, width: 1) { pictures, _ in
            var options = tessera_generation()
            "daisies".withCString { label in
                options.label = label
                #expect(
                    tessera_generate(handle.model, &pictures, &options) == TESSERA_ARGUMENT)
                #expect(
                    message
                        == "the model 'tiny' has no label 'daisies'; it has roses, tulips")
            }
            options.label = nil
            withUnsafePointer(to: Float(1.5)) { value in
                options.top_p = value
                #expect(
                    tessera_generate(handle.model, &pictures, &options) == TESSERA_ARGUMENT)
                #expect(message == "'top_p' is 1.5, but must be above 0 to 1.0")
            }
        }
    }
}
