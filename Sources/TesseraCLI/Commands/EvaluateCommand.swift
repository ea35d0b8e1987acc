import ArgumentParser
import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor
import TesseraTokens

/// Pictures to figures.
struct EvaluateCommand: JobCommand {
    /// What is measured.
    enum Task: String, CaseIterable, ExpressibleByArgument {
        case reconstruct
        case prior
        case inpaintBox = "inpaint-box"
        case inpaintRandom = "inpaint-random"
        case sr2
        case sr4

        var damage: Damage? { Damage(rawValue: rawValue) }
    }

    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model reconstructs or recovers pictures.",
        discussion: """
            reconstruct: PSNR, SSIM (Gaussian window of 11, sigma 1.5), bits per pixel, codebook \
            usage and perplexity. prior: bits a masked slot, -log2 of the probability of its code, \
            when 25, 50, 75 and 100 % of the slots are masked. Other tasks damage each picture (see 'tessera help degrade'), \
            recover it by the method and compare; 'residual' is how far the sampled picture is from \
            the measurement before it is moved there. Methods: aps, replacement, ceiling (the tokens \
            of the undamaged picture), and without a model bicubic (sr2, sr4) and smooth (holes).

            Example: tessera evaluate photos --task sr4 --method replacement --json
            """)

    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp(
            "What is measured.", valueName: "task"))
    var task = Task.reconstruct

    @Option(
        help: ArgumentHelp(
            "How damaged pictures are recovered; aps unless given.", valueName: "method"))
    var method: Trial.Method?

    @Option(help: ArgumentHelp("Take only the first pictures.", valueName: "n"))
    var limit: Int?

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("'--limit' is \(limit), but must be at least 1")
        }
        guard let damage = task.damage else {
            if let method {
                throw ValidationError(
                    "'--method \(method.rawValue)' needs a task that damages pictures; add --task")
            }
            return
        }
        if let method, !method.applies(to: damage) {
            throw ValidationError(
                "'--method \(method.rawValue)' cannot do '--task \(task.rawValue)'")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let method = self.method ?? .anchored
        let isTrial = task.damage != nil
        let model =
            isTrial && !method.needsModel
            ? nil
            : try self.model.load(
                needsPrior: task == .prior || isTrial && method.needsPrior,
                precision: sampling.prior.precision)
        let list = InputList(input.inputs)
        let options = try sampling.recovery(.anchored, with: model)
        let files = list.files.prefix(limit ?? list.files.count)
        let batch = Batch(
            on: console, reporting: reporting, itemCount: files.count, failFast: input.failFast)
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        var summary = EvaluationSummary(
            task: task.rawValue, method: isTrial ? method.rawValue : nil, model: model,
            countsCodes: task == .reconstruct)
        for file in files {
            try batch.attempt(file.path) {
                let image = try file.image()
                let figures =
                    if let damage = task.damage {
                        trial(
                            Trial(
                                damage: damage, method: method, options: options.keyed(by: file)),
                            on: image, with: model, in: batch)
                    } else if let model, task == .prior {
                        likelihood(of: image, with: model, options: options.keyed(by: file))
                    } else if let model {
                        reconstruction(of: image, with: model, summary: &summary)
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
        of image: Image, with model: Model, summary: inout EvaluationSummary
    ) -> Figures {
        let (result, tokens) = model.reconstruct(image)
        summary.histogram?.add(tokens.codes)
        let comparison = PictureComparison(result, with: image)
        var figures = Figures()
        figures["psnr"] = comparison.psnr
        figures["ssim"] = comparison.ssim
        figures["bitsPerPixel"] = bitsPerPixel(
            positionCount: tokens.positionCount, vocabulary: tokens.vocabulary,
            height: image.height, width: image.width)
        return figures
    }

    private func likelihood(
        of image: Image, with model: Model, options: RecoveryOptions
    ) -> Figures {
        var figures = Figures()
        for percent in [25, 50, 75, 100] {
            figures["bits\(percent)"] = model.bitsOfMaskedSlots(
                of: image, ratio: Double(percent) / 100,
                random: RandomSource(seed: options.seed, key: options.key))
        }
        return figures
    }

    private func trial(
        _ trial: Trial, on image: Image, with model: Model?, in batch: Batch
    ) -> Figures {
        let start = ContinuousClock.now
        let (comparison, recovered) = trial.run(
            on: image, with: model, advance: batch.progress.advance)
        var figures = Figures()
        figures["psnr"] = comparison.psnr
        figures["ssim"] = comparison.ssim
        figures["holePsnr"] = comparison.holePSNR
        figures["residual"] = recovered.residual
        figures["seconds"] = (ContinuousClock.now - start).inSeconds
        return figures
    }
}
