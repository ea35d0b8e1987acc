import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior
import TesseraTensor

/// Holes of pictures to pictures without.
struct InpaintCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "inpaint",
        abstract: "Fill holes of pictures.",
        discussion: """
            White pixels of the mask are filled; all others stay as they are, bit for bit (a JPEG \
            cannot store them so: ask for --format png). The mask is one picture for all inputs, or \
            a folder of masks with the names of the inputs. A mask with soft edges, antialiased or of a \
            feathered brush, is widened a little, and at its edges the filling is mixed with what was \
            there. Filled pixels are opaque, even where the picture was transparent.

            A model decides what goes into a hole; unless '--texture model' is given, sharp pixels are \
            then copied from where the same picture looks like that. '--method exemplar' copies \
            without any model. '--samples' makes several results with the seeds that follow '--seed', \
            and numbers their names: whole-1.png, whole-2.png. The result depends on the name of the \
            picture too, without folder and extension: the same picture under another name is filled \
            differently.

            Example: tessera inpaint photo.png --mask hole.png -o whole.png --seed 7
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var masking: MaskOptions
    @Option(
        help: ArgumentHelp(
            "How tokens are sampled; exemplar samples none and needs no model.",
            valueName: "method"))
    var method = HoleMethod.sampling(.anchored)

    @OptionGroup var texture: TextureOptions

    @Option(help: ArgumentHelp("How many results each input has, 1 to 64.", valueName: "n"))
    var samples = 1

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var preview: PreviewOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var denoiser: DenoiserOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if !(1 ... 64).contains(samples) {
            throw ValidationError("'--samples' is \(samples), but must be from 1 to 64")
        }
        if samples > 1 && output.output == "-" {
            throw ValidationError(
                "standard output holds one picture, but '--samples' is \(samples); "
                    + "name a file or a folder")
        }
        guard method == .exemplar else { return }
        if texture.texture == .model {
            throw ValidationError(
                "'--texture model' needs a model, but '--method exemplar' asks none; leave one out")
        }
        let foreign =
            sampling.namesOfPriorOptions
            + [
                ("--preview", preview.preview != nil), ("--model", model.model != nil),
                ("--decoder", decoder.objective != nil), ("--denoiser", denoiser.denoiser != nil),
            ].filter(\.1).map(\.0)
        if let name = foreign.first {
            throw ValidationError(
                "'\(name)' says how a model works, but '--method exemplar' asks none; leave one out"
            )
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        if [masking.mask, texture.avoid, input.inputs.contains("-") ? "-" : nil].count(where: {
            $0 == "-"
        })
            > 1
        {
            throw .usage(
                "standard input holds one picture, but several are asked of it; name a file")
        }
        let holes = try masking.holes
        let avoided = try texture.avoided(like: masking)
        let batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output,
            others: holes.paths + (avoided?.paths ?? []), resultCount: samples)
        var previews = try preview.pictures(
            output: output, input: input, others: output.paths(resultCount: samples))
        let filling = try self.filling
        return try batch.runWriting { job in
            let (width, height) = (job.image.width, job.image.height)
            let found = try holes.mask(
                for: job.file, width: width, height: height, orientation: job.orientation)
            if let note = found.note { job.note(note) }
            let holes = found.mask.holes(grownBy: masking.maskGrow)
            let hole = holes.hole
            try check(hole, by: found.mask, of: job)
            let avoided = try avoided?.mask(
                for: job.file, width: width, height: height, orientation: job.orientation
            ).mask.holes(grownBy: 0).hole
            var seen = try Preview(of: job.file, in: &previews, every: preview.previewEvery)
            var results: [JSONObject] = []
            for number in 0 ..< samples {
                var options = filling.options.keyed(by: job.file)
                options.seed &+= UInt64(number)
                let seed: JSONObject = ["seed": Recipe.json(ofSeed: options.seed)]
                if let path = job.keptPath(ofResult: number) {
                    results.append(
                        (["output": .string(path), "skipped": true] as JSONObject).merging(seed))
                    continue
                }
                var filled = try filling.fill(
                    job.image, hole: hole, avoiding: avoided, options: options
                ) { step in
                    job.advance(
                        toStep: number * step.stepCount + step.step, of: samples * step.stepCount,
                        doing: step.isCopying ? "copying" : "step")
                    if !step.isCopying { seen?.show(step) }
                }
                if seen != nil || number == 0 { tell(of: filled, to: job) }
                seen = nil
                if let weights = holes.weights {
                    filled.image.mixSamples(with: job.image, weights: weights)
                }
                filled.image.makeOpaque(by: opacity(of: holes))
                filled.image.text =
                    output.noMetadata
                    ? [] : [recipe(of: filling, margin: holes.margin, seed: options.seed).textEntry]
                results.append(
                    try job.write(filled.image, number: number).merging(
                        samples > 1 ? seed.merging(filled.metadata) : filled.metadata))
            }
            var metadata: JSONObject = [
                "holePixels": .integer(hole.holeCount), "maskGrow": .integer(holes.margin),
            ]
            guard samples > 1 else { return results[0].merging(metadata) }
            metadata["samples"] = .array(results.map { .object($0) })
            return metadata
        }
    }

    /// What fills holes; the model is loaded if one is asked.
    private var filling: HoleFilling {
        get throws(CommandFailure) {
            guard case .sampling(let method) = method else {
                return HoleFilling(
                    model: nil, denoiser: nil,
                    options: textured(try sampling.recovery(.anchored, with: nil)))
            }
            let model = try self.model.load(
                needsPrior: true, precision: sampling.prior.precision,
                isGuidedByDraft: sampling.draft, decodingFor: decoder.objective)
            var options = textured(try sampling.recovery(method, with: model))
            let denoiser = try self.denoiser.load(precision: sampling.prior.precision)
            options.denoiser = denoiser?.network
            return HoleFilling(model: model, denoiser: denoiser, options: options)
        }
    }

    private func textured(_ options: RecoveryOptions) -> RecoveryOptions {
        var options = options
        options.texture = texture.texture
        options.sourceRadius = texture.sourceRadius
        return options
    }

    /// Says how a result was made.
    private func recipe(of filling: HoleFilling, margin: Int, seed: UInt64) -> Recipe {
        var options: JSONObject = ["method": .string(method.name)]
        if case .sampling(let method) = method { options = sampling.metadata(method) }
        options["denoiser"] = filling.denoiser?.metadata
        options["maskGrow"] = .integer(margin)
        return Recipe(
            command: "inpaint", model: filling.model, operatorName: "mask",
            options: options.merging(texture.metadata), seed: seed)
    }

    /// How far pixels become opaque: what is filled in part does so in part, but for what the mask calls
    /// transparent, of which nothing may stay so.
    private func opacity(of holes: MaskPicture.Holes) -> Tensor<Float> {
        guard let weights = holes.weights, masking.maskPolarity != .transparent else {
            return Tensor(
                shape: [holes.hole.height, holes.hole.width],
                elements: holes.hole.isHole.map { $0 ? 1 : 0 })
        }
        return weights
    }

    /// Checks a mask, and says what the user may not expect.
    private func check(_ hole: PixelMask, by mask: MaskPicture, of job: PictureJob) throws {
        let others = mask.otherPolarities.map {
            "'--mask-polarity \($0.polarity.rawValue)' would select \($0.pixelCount) of "
                + "\(hole.isHole.count) pixels"
        }.joined(separator: ", ")
        guard hole.holeCount < hole.isHole.count else {
            throw JobError.item(
                "the mask covers the whole picture, so nothing is known of it; "
                    + (others.isEmpty
                        ? "leave some pixels out, or draw a picture by 'tessera generate'" : others)
            )
        }
        if hole.holeCount == 0 {
            job.note(
                "the mask has no \(masking.maskPolarity.rawValue) pixel; the picture is copied"
                    + (others.isEmpty ? "" : "; " + others))
        }
        if job.format == .jpeg {
            job.note(
                "a JPEG changes the pixels outside of the hole a little; "
                    + "pass --format png to keep them")
        }
    }

    /// Says where a model had to stand in for pixels to copy.
    private func tell(of filled: HoleFilling.Filled, to job: PictureJob) {
        guard texture.texture == .exemplar, filled.copiedCount < filled.holeCount else { return }
        job.note(
            "\(filled.holeCount - filled.copiedCount) of \(filled.holeCount) pixels have the model's "
                + "texture, because there is too little to copy from; leave more of the picture known, "
                + "widen --source-radius or avoid less")
    }
}
