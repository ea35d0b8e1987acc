import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior

/// Holes of pictures to pictures without.
struct InpaintCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "inpaint",
        abstract: "Fill holes of pictures.",
        discussion: """
            White pixels of the mask are filled; all others stay as they are, bit for bit (a JPEG \
            cannot store them so: ask for --format png). The mask is one picture for all inputs, or \
            a folder of masks with the names of the inputs.

            Example: tessera inpaint photo.png --mask hole.png -o whole.png --seed 7
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var masking: MaskOptions
    @Option(help: ArgumentHelp("How tokens are sampled.", valueName: "method"))
    var method = RecoveryMethod.anchored

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var preview: PreviewOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let masks = try MaskSource(masking)
        let batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output, others: masks.paths)
        var previews = try preview.pictures(output: output, input: input)
        let model = try self.model.load(
            needsPrior: true, precision: sampling.prior.precision,
            isGuidedByDraft: sampling.draft, decodingFor: decoder.objective)
        let recipe = Recipe(
            command: "inpaint", model: model, operatorName: "mask",
            options: sampling.metadata(method), seed: sampling.seed)
        let options = try sampling.recovery(method, with: model)
        return try batch.run { job in
            let hole = try masks.mask(
                for: job.file, width: job.image.width, height: job.image.height)
            guard hole.holeCount < job.image.width * job.image.height else {
                throw JobError.item(
                    "the mask covers the whole picture, so nothing is known of it; leave some pixels "
                        + "out, or draw a picture by 'tessera generate'")
            }
            if hole.holeCount == 0 {
                job.note(
                    "the mask has no \(masking.maskPolarity.rawValue) pixel; the picture is copied")
            }
            if job.format == .jpeg {
                job.note(
                    "a JPEG changes the pixels outside of the hole a little; "
                        + "pass --format png to keep them")
            }
            let seen = try Preview(of: job.file, in: &previews, every: preview.previewEvery)
            let recovery = model.inpaint(
                job.image, hole: hole, options: options.keyed(by: job.file))
            for step in recovery where !step.isPreparatory {
                job.advance(toStep: step.step, of: step.stepCount)
                seen?.show(step)
            }
            let recovered = recovery.result()
            var image = recovered.image
            image.text = output.noMetadata ? [] : [recipe.textEntry]
            return (
                image,
                ["holePixels": .integer(hole.holeCount), "residual": .real(recovered.residual)]
            )
        }
    }
}
