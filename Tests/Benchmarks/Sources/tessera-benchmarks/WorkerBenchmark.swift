import Glibc
import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPacking
import TesseraPipeline
import TesseraPrior
import TesseraSampler
import TesseraTensor
import TesseraTokenizer
import TesseraTokens

/// One network in a process of its own, for `Scripts/bench`: it loads, answers once so that results
/// can be compared, and then times itself whenever it is told to.
///
///     tessera-benchmarks worker WORK PRECISION MODEL INPUT OUTPUT [THREADS]
///
/// It prints `ready`, and for each line on standard input the median seconds of a run, of as many as
/// take a fifth of a second.
enum WorkerBenchmark {
    /// Runs until standard input ends.
    ///
    /// - Parameter arguments: What follows `worker`.
    /// - Throws: What loading and writing throw.
    static func run(_ arguments: [String]) throws {
        // Weights of 4 bits are multiplied in int8.
        guard arguments.count >= 5,
            let precision = arguments[1] == "int4" ? .int8 : Precision(rawValue: arguments[1])
        else {
            print("usage: worker WORK PRECISION MODEL INPUT OUTPUT [THREADS]")
            exit(2)
        }
        Processor.setThreadCount(arguments.count > 5 ? Int(arguments[5]) ?? 2 : 2)
        let network = try network(
            arguments[0], precision,
            model: try packed(arguments[2], as: arguments[1], for: arguments[0]),
            input: try SafetensorsFile(path: arguments[3]))
        var writer = SafetensorsWriter()
        writer.add(network(), named: "output")
        _ = try writer.write(to: arguments[4])
        print("ready")
        fflush(nil)
        while readLine() != nil {
            print(median(of: network))
            fflush(nil)
        }
    }

    private static func median(of run: () -> Tensor<Float>) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var timing = Timing()
        repeat {
            timing.add(clock.measure { _ = run() } / .seconds(1))
        } while start.duration(to: clock.now) < .milliseconds(200)
        return timing.median
    }

    private static func transformer(
        _ path: String, _ precision: Precision
    ) throws -> MaskedTransformer {
        try MaskedTransformer(
            from: Weights(path: path),
            architecture: MaskedTransformerArchitecture(
                vocabulary: [256, 256, 256, 256], layerCount: 24, width: 768, headCount: 12,
                window: 16, labels: []),
            precision: precision)
    }

    /// The VQGAN that other programs are measured with: 253 GFLOP to decode 256 × 256 pixels.
    private static let f16 = TamingSettings(
        channels: 128, multipliers: [1, 1, 2, 2, 4], blocks: 2, resolution: 256,
        attentionResolutions: [16], innerChannels: 256, latentChannels: 256, codeCount: 1024)

    /// A file with the matrices and kernels of another in 8 or 4 bits, which is written if it is not
    /// there yet.
    private static func packed(
        _ path: String, as name: String, for work: String
    ) throws -> String {
        guard let format = WeightFormats.named(name),
            ["transformer-24x768", "sample-f16"].contains(work)
        else { return path }
        let packedPath = "\(path).\(name)"
        if access(packedPath, R_OK) == 0 { return packedPath }
        let file = try SafetensorsFile(path: path)
        var writer = SafetensorsWriter()
        for name in file.names {
            let shape = file.description(of: name)?.shape ?? []
            let tensor = try file.tensor(name, shape: shape)
            let columns = shape.dropFirst().reduce(1, *)
            if shape.count >= 2, columns >= PackedRows.groupSize, name != "codebooks" {
                // Kernels of convolutions lose too much in 4 bits.
                let format = shape.count == 4 ? Int8Format() : format
                writer.add(
                    format.pack(tensor.reshaped(to: [shape[0], columns])), packedAs: format,
                    named: name, shape: shape)
            } else {
                writer.add(tensor, named: name)
            }
        }
        _ = try writer.write(to: packedPath)
        return packedPath
    }

    /// What PyTorch's twin in `aps.py` does.
    private static var unprojected: RecoveryOptions {
        var options = RecoveryOptions()
        options.isProjected = false
        options.texture = .model
        options.cacheInterval = 1
        return options
    }

    private static func network(
        _ work: String, _ precision: Precision, model: String, input: SafetensorsFile
    ) throws -> () -> Tensor<Float> {
        func tensor() throws -> Tensor<Float> {
            try input.tensor("input", shape: input.description(of: "input")?.shape ?? [])
        }
        func decoder(_ precision: Precision) throws -> TamingDecoder {
            try TamingDecoder(
                from: Weights(path: model), settings: f16, guidancePrecision: precision)
        }
        switch work {
        case "encode-own", "encode-own-64":
            let tokenizer = try exactTokenizer(of: ModelFolder(path: model))
            let pixels = try tensor()
            return { tokenizer.encoder.encode(pixels, precision: precision) }
        case "decode-own", "decode-own-64":
            let tokenizer = try exactTokenizer(of: ModelFolder(path: model))
            let latent = try tensor()
            return { tokenizer.convolutionalDecoder.decode(latent, precision: precision) }
        case "encode-f16":
            let encoder = try TamingEncoder(from: Weights(path: model), settings: f16)
            let pixels = try tensor()
            return { encoder.encode(pixels, precision: precision) }
        case "nearest-code":
            let codes = try SafetensorsFile(path: model).tensor("codes", shape: [16384, 8])
            let search = CodeSearch(codes, by: .euclidean)
            let rows = try tensor()
            return { Tensor(shape: [rows.shape[0]], elements: search(rows).map(Float.init)) }
        case "decode-f16":
            let decoder = try decoder(precision)
            let latent = try tensor()
            return { decoder.decode(latent, precision: precision) }
        case "pullback-f16":
            let decoder = try decoder(precision)
            let latent = try tensor()
            return {
                // The gradient of half the sum of the squares.
                let (pixels, pullback) = decoder.decodeWithPullback(latent)
                return pullback(pixels)
            }
        case "sample-f16":
            let transformer = try transformer(model, precision)
            // A short format guides; the picture is in f32 or bf16.
            let short = precision == .float32 ? precision : .bfloat16
            let decoder = try decoder(short)
            let codebooks = SlotCodebooks(
                vocabulary: transformer.vocabulary,
                vectors: try SafetensorsFile(path: model).tensor("codebooks", shape: [1024, 64]))
            let grid = TokenGrid(
                maskedHeight: 16, width: 16, vocabulary: transformer.vocabulary)
            return {
                let sampled = MaskedSampler(
                    filling: grid, using: transformer,
                    configuration: SamplerConfiguration(stepCount: 8), random: RandomSource(seed: 1)
                ).filled()
                return decoder.decode(
                    codebooks.embed(sampled.codes).reshaped(to: [1, 16, 16, 256]),
                    precision: short)
            }
        case "transformer-24x768":
            let transformer = try transformer(model, precision)
            let grid = TokenGrid(
                maskedHeight: 16, width: 16, vocabulary: transformer.vocabulary)
            let masked = grid.maskedIndices
            return { transformer.logits(for: grid, at: masked, condition: .none).values }
        case "inpaint":
            let model = try Model(
                ModelFolder(path: model), needsPrior: true, precision: precision,
                decodingFor: .psnr)
            let image = Image(pixels: try tensor())
            let hole = PixelMask(
                height: image.height, width: image.width, rows: 96 ..< 160, columns: 96 ..< 160)
            return { model.inpaint(image, hole: hole, options: unprojected).result().image.pixels }
        case "restore-sr4":
            let model = try Model(
                ModelFolder(path: model), needsPrior: true, precision: precision,
                decodingFor: .psnr)
            let image = Image(pixels: try tensor())
            return {
                model.restore(image, from: .sr4, noise: 0, options: unprojected)
                    .result().image.pixels
            }
        default:
            print("there is no work '\(work)'")
            exit(2)
        }
    }
}
