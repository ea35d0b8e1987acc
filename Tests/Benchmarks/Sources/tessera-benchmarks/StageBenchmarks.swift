import TesseraCheckpoint
import TesseraInverse
import TesseraPosterior
import TesseraModels
import TesseraTensor
import TesseraTokenizer
import TesseraTokens

/// The stages of a model at 256 x 256 pixels, for `compare_pytorch.py`.
enum StageBenchmarks {
    /// Times each stage and prints its best time in seconds as one JSON object.
    ///
    /// - Parameter arguments: `--model FOLDER [--threads N] [--repeats N]`.
    /// - Throws: What loading the model throws.
    static func run(_ arguments: [String]) throws {
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: name).map { arguments[$0 + 1] }
        }
        let folder = try ModelFolder(path: option("--model") ?? ".")
        Processor.setThreadCount(option("--threads").flatMap { Int($0) } ?? 2)
        let repeats = option("--repeats").flatMap { Int($0) } ?? 5
        var times = try stages(of: folder).map {
            (name: $0.name, seconds: best(of: repeats, $0.run))
        }
        if folder.description.hasPrior {
            times.append(("APS inner step", try innerStep(of: folder, repeats: repeats)))
        }
        let entries = times.map { "\"\($0.name)\": \($0.seconds)" }
        print("{\(entries.joined(separator: ", "))}")
    }

    /// One gradient step of anchored posterior sampling: what ten steps take longer than two, by 8.
    private static func innerStep(of folder: ModelFolder, repeats: Int) throws -> Double {
        let tokenizer = try exactTokenizer(of: folder)
        let model = TokenModel(
            predictor: try folder.loadPrior(), codeSpace: tokenizer.codeSpace,
            decoder: tokenizer.guidanceDecoder)
        let reduction = SuperResolution(factor: 4, height: 256, width: 256)
        let measurement = ImageMeasurement(
            of: reduction, values: reduction.apply(to: noise([1, 256, 256, 3])))
        let grid = TokenGrid(
            maskedHeight: 32, width: 32, vocabulary: tokenizer.codeSpace.vocabulary)
        func seconds(innerStepCount: Int) -> Double {
            var configuration = PosteriorConfiguration()
            configuration.stepCount = 1
            configuration.innerStepCount = innerStepCount
            let sampler = AnchoredPosteriorSampler(
                filling: grid, using: model, given: measurement, configuration: configuration,
                random: RandomSource(seed: 1))
            return best(of: repeats) { _ = sampler.filled() }
        }
        return (seconds(innerStepCount: 10) - seconds(innerStepCount: 2)) / 8
    }

    private static func stages(
        of folder: ModelFolder
    ) throws -> [(name: String, run: () -> Void)] {
        let tokenizer = try exactTokenizer(of: folder)
        let decoder = tokenizer.convolutionalDecoder
        let pixels = noise([1, 256, 256, 3])
        let latent = noise([1, 32, 32, tokenizer.codeSpace.latentChannels])
        var stages: [(name: String, run: () -> Void)] = [
            ("encode", { _ = tokenizer.encoder.encode(pixels) }),
            ("decode", { _ = decoder.decode(latent) }),
            (
                "decode+pullback",
                {
                    let (decoded, pullback) = decoder.decodeWithPullback(latent)
                    _ = pullback(decoded)
                }
            ),
        ]
        if folder.description.hasPrior {
            let prior = try folder.loadPrior()
            let grid = TokenGrid(
                maskedHeight: 32, width: 32, vocabulary: tokenizer.codeSpace.vocabulary)
            let masked = grid.maskedIndices
            stages.append(
                ("prior step", { _ = prior.logits(for: grid, at: masked, condition: .none) }))
        }
        return stages
    }

    private static func best(of repeats: Int, _ run: () -> Void) -> Double {
        run()
        let clock = ContinuousClock()
        return (0 ..< repeats).map { _ in clock.measure(run) / .seconds(1) }.min() ?? .infinity
    }

    private static func noise(_ shape: [Int]) -> Tensor<Float> {
        let random = RandomSource(seed: 1)
        let count = shape.reduce(1, *)
        return Tensor(
            shape: shape,
            elements: (0 ..< count).map { random.normal(step: 0, position: $0) / 3 })
    }
}
