import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJobs
import TesseraPerception
import TesseraPipeline
import TesseraPosterior
import TesseraTensor
import TesseraTokens

/// Pictures to figures.
struct EvaluateCommand: JobCommand {
    /// What is measured.
    enum Task: Equatable, ExpressibleByArgument {
        case reconstruct
        case prior
        case recover(Degradation)

        init?(argument: String) {
            switch argument {
            case "reconstruct": self = .reconstruct
            case "prior": self = .prior
            default:
                guard let degradation = Degradation.named(argument) else { return nil }
                self = .recover(degradation)
            }
        }

        var name: String {
            switch self {
            case .reconstruct: "reconstruct"
            case .prior: "prior"
            case .recover(let degradation): degradation.name
            }
        }

        var defaultValueDescription: String { name }

        static var allValueStrings: [String] {
            ["reconstruct", "prior"] + Degradation.all.map(\.name)
        }

        var degradation: Degradation? {
            if case .recover(let degradation) = self { degradation } else { nil }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model reconstructs or recovers pictures.",
        discussion: """
            reconstruct: PSNR, SSIM (Gaussian window of 11, sigma 1.5), bits per pixel, codebook \
            usage and perplexity. prior: bits a masked slot, -log2 of the probability of its code, \
            when 25, 50, 75 and 100 % of the slots are masked; codedBits: bits a slot to code all \
            slots one by one. Other tasks degrade each picture (see 'tessera help degrade'), \
            recover it by the method and compare; 'residual' is how far the sampled picture is from \
            the measurement before it is moved there, to be held against 'noise'; 'tokenizerPsnr' is \
            what the tokens of the undamaged picture have. Methods: \(rivals), \(baselines). \
            '--budget' gives all the same number of decodes; \
            'decodes' is what was spent. What phase-retrieval leaves may stand on its head. '--perceptual' adds \
            a distance between the pictures' features, lower is nearer; it is not LPIPS. A hole that is \
            wide enough has figures of its texture: 'sharpness', its gradient energy over the true one, 1 \
            is right (its mean is geometric, 'sharpnessOctaves' the mean of |log2|); 'seam', steps across \
            its border over those along it, in parts of the true ones, above 1.1 is visible; and with \
            '--perceptual' 'holeDistance', the same distance around the hole alone, and 'frechet', how far \
            the textures inside are from the true ones, wherever they lie, 0 is right.

            Example: tessera evaluate photos --task sr4 --method g2d2 --budget 144 --json
            """)

    /// The methods that sample, the default first.
    private static var rivals: String {
        let names = RecoveryMethod.all.map(\.name)
        return
            "\(names[0]) and its rivals on the same model (\(names.dropFirst().joined(separator: ", ")))"
    }

    /// The baselines, those that ask a model first.
    private static var baselines: String {
        func described(_ baselines: [Baseline]) -> [String] {
            baselines.map { "\($0.name) (\($0.summary))" }
        }
        let free = Baseline.all.filter { !$0.needsModel }
        let isGeneral = { (baseline: Baseline) in Degradation.all.allSatisfy(baseline.applies) }
        let names = described(free.filter(isGeneral) + free.filter { !isGeneral($0) })
        return described(Baseline.all.filter(\.needsModel)).joined(separator: ", ")
            + ", and without a model \(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
    }

    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp(
            "What is measured.", valueName: "task"))
    var task = Task.reconstruct

    @Option(
        help: ArgumentHelp(
            "How degraded pictures are recovered; aps unless given.", valueName: "method"))
    var method: TrialMethod?

    @Option(
        help: ArgumentHelp(
            "Where the texture of filled holes comes from, as 'tessera inpaint' has it; auto unless given.",
            valueName: "texture"))
    var texture: HoleTexture?

    @Option(help: ArgumentHelp("Take only the first pictures.", valueName: "n"))
    var limit: Int?

    @OptionGroup var perception: PerceptionOptions
    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var denoiser: DenoiserOptions
    @OptionGroup var look: LookOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("'--limit' is \(limit), but must be at least 1")
        }
        if task == .prior && perception.perceptual != nil {
            throw ValidationError(
                "'--perceptual' compares pictures, but '--task prior' makes none; leave one out")
        }
        if let look = look.look, method != .pixels {
            throw ValidationError("'--look \(look.name)' needs '--method pixels'")
        }
        guard let degradation = task.degradation else {
            if texture != nil {
                throw ValidationError("'--texture' needs a task with holes; add --task")
            }
            if let method {
                throw ValidationError(
                    "'--method \(method.name)' needs a task that degrades pictures; add --task")
            }
            return
        }
        try experiment.validate(for: degradation)
        if texture != nil {
            if !degradation.hasMask {
                throw ValidationError(
                    "'--texture' needs a task with holes, but '--task \(task.name)' has none")
            }
            if let method, !method.needsPrior {
                throw ValidationError(
                    "'--texture' needs a method that samples, but '--method \(method.name)' does not"
                )
            }
        }
        if let method, !method.applies(to: degradation) {
            throw ValidationError(
                "'--method \(method.name)' cannot do '--task \(task.name)'")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let method = self.method ?? .sampling(.anchored)
        let isTrial = task.degradation != nil
        let model =
            isTrial && !method.needsModel
            ? nil
            : try self.model.load(
                needsPrior: task == .prior || isTrial && method.needsPrior,
                precision: sampling.prior.precision, isGuidedByDraft: sampling.draft,
                decodingFor: decoder.objective)
        let perception = try self.perception.load()
        let list = InputList(arguments: input.inputs)
        var options = try sampling.recovery(method.sampling ?? .anchored, with: model)
        options.texture = texture ?? .auto
        if isTrial && (method.needsPrior || method.needsDenoiser) {
            let loaded = try denoiser.load(precision: sampling.prior.precision)
            if method.needsDenoiser {
                guard let loaded else {
                    throw .usage("'--method \(method.name)' needs a denoiser, and there is none")
                }
                try look.check(loaded)
            }
            options.denoiser = loaded?.network
            options.look = look.look ?? .faithful
        }
        let degradation = try task.degradation.map { (named) throws(CommandFailure) in
            try experiment.degradation(named)
        }
        let files = list.files.prefix(limit ?? list.files.count)
        let batch = Batch(
            on: console, reporting: reporting, itemCount: files.count, failFast: input.failFast)
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        var summary = EvaluationSummary(
            task: task.name, method: isTrial ? method.name : nil, model: model,
            countsCodes: task == .reconstruct)
        for file in files {
            try batch.attempt(file.path) {
                let image = try file.image()
                let figures =
                    if let degradation {
                        try trial(
                            Trial(
                                degradation: degradation, method: method,
                                options: options.keyed(by: file), perception: perception),
                            on: image, with: model, in: batch)
                    } else if let model, task == .prior {
                        likelihood(of: image, with: model, options: options.keyed(by: file))
                    } else if let model {
                        reconstruction(
                            of: image, with: model, perception: perception, summary: &summary)
                    } else {
                        Figures()
                    }
                summary.add(figures)
                if !reporting.json {
                    batch.progress.clear()
                    try console.print(figures.line(named: file.relativePath))
                }
                return .done(figures.json)
            }
        }
        if !reporting.json { for line in summary.lines { try console.print(line) } }
        return try batch.finish(summary: summary.json)
    }

    private func reconstruction(
        of image: Image, with model: Model, perception: PerceptualDistance?,
        summary: inout EvaluationSummary
    ) -> Figures {
        let (result, tokens) = model.reconstruct(image)
        summary.histogram?.add(tokens.codes)
        let comparison = PictureComparison(result, with: image, perception: perception)
        var figures = Figures()
        figures["psnr"] = comparison.psnr
        figures["ssim"] = comparison.ssim
        figures["perceptual"] = comparison.perceptualDistance
        figures["bitsPerPixel"] = bitsPerPixel(
            positionCount: tokens.positionCount, vocabulary: tokens.vocabulary,
            height: image.height, width: image.width)
        return figures
    }

    private func likelihood(
        of image: Image, with model: Model, options: RecoveryOptions
    ) -> Figures {
        var figures = Figures()
        let random = RandomSource(seed: options.seed, key: options.key)
        for percent in [25, 50, 75, 100] {
            figures["bits\(percent)"] = model.bitsOfMaskedSlots(
                of: image, ratio: Double(percent) / 100,
                random: random)
        }
        figures["codedBits"] = model.codedBits(of: image, random: random)
        return figures
    }

    private func trial(
        _ trial: Trial, on image: Image, with model: Model?, in batch: Batch
    ) throws(JobError) -> Figures {
        try model?.checkSize(of: image, for: trial.degradation)
        let run = trial.run(on: image, with: model)
        for step in run where !step.isPreparatory { batch.progress.advance(step) }
        let outcome = run.result()
        var figures = Figures()
        figures["psnr"] = outcome.comparison.psnr
        figures["ssim"] = outcome.comparison.ssim
        figures["perceptual"] = outcome.comparison.perceptualDistance
        figures["holePsnr"] = outcome.comparison.holePSNR
        figures["holeDistance"] = outcome.comparison.hole?.perceptualDistance
        figures["sharpness"] = outcome.comparison.hole?.sharpness
        figures["frechet"] = outcome.comparison.hole?.frechetDistance
        figures["seam"] = outcome.comparison.hole?.seam
        figures["damagedPsnr"] = outcome.degradedPSNR
        figures["tokenizerPsnr"] = outcome.tokenizerPSNR
        figures["residual"] = outcome.recovered.residual
        figures["noise"] = outcome.noise
        figures["outsideChange"] = outcome.changeOutside
        if trial.method.needsPrior {
            figures["decodes"] = Double(outcome.recovered.decodeCount)
        }
        figures["seconds"] = outcome.duration.inSeconds
        return figures
    }
}
