import ArgumentParser
import TesseraCheckpoint
import TesseraImage
import TesseraPipeline

/// Damaged pictures to restored ones.
struct RestoreCommand: JobCommand {
    /// What a picture is restored from.
    enum Task: String, CaseIterable, ExpressibleByArgument {
        /// A reduction to half its sides.
        case sr2

        /// A reduction to a quarter of its sides.
        case sr4

        var factor: Int { self == .sr2 ? 2 : 4 }
    }

    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore pictures that were reduced.",
        discussion: """
            Super-resolution: a picture of w x h pixels becomes one of 4w x 4h (sr4) or 2w x 2h \
            (sr2) whose antialiased bicubic reduction is the input.

            Example: tessera restore small.png --task sr4 -o large.png
            """)

    @OptionGroup var input: InputOptions
    @Option(help: ArgumentHelp("What was done to the pictures.", valueName: "task"))
    var task: Task

    @Option(help: ArgumentHelp("How tokens are sampled.", valueName: "method"))
    var method = RecoveryOptions.Method.anchored

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        var batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output)
        let model = try self.model.load(
            needsPrior: true, precision: sampling.prior.precision)
        let recipe = Recipe(
            command: "restore", model: model, operatorName: task.rawValue,
            options: sampling.facts(method), seed: sampling.seed)
        let options = try sampling.recovery(method, with: model)
        return try batch.run { job in
            let (width, height) = (job.image.width * task.factor, job.image.height * task.factor)
            guard width * height <= Model.maximumEnlargedPixelCount else {
                throw ItemFailure(
                    "the result would have \(width) x \(height) pixels, but at most "
                        + "\(Model.maximumEnlargedPixelCount) in all are made; cut the picture")
            }
            let recovered = model.enlarge(
                job.image, by: task.factor, options: options.keyed(by: job.file),
                advance: job.advance)
            var image = recovered.image
            image.text = output.noMetadata ? [] : [recipe.textEntry]
            return (image, ["residual": .real(recovered.residual)])
        }
    }
}
