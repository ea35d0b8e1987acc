import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior

/// Degraded pictures to restored ones.
struct RestoreCommand: JobCommand {
    /// What a picture is restored from: a degradation that leaves a picture which says all.
    struct Task: NamedChoice, ExpressibleByArgument {
        let degradation: Degradation

        var name: String { degradation.name }

        static let all = Degradation.all.filter { $0.restoration != nil }.map(Task.init)
    }

    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract:
            "Restore pictures that were reduced, blurred, clipped, compressed or otherwise lost.",
        discussion: """
            \(described(Task.all.map(\.degradation)) { $0.restoration ?? "" }) See 'tessera help degrade' for what each undoes, and 'tessera inpaint' for holes.

            The noise is judged by the picture unless '--noise' says it. hdr does not see it \
            in gray pictures and in JPEGs whose colours have half the resolution; jpeg and colorize \
            take it for 0. '--samples' draws several pictures with the seeds that follow \
            '--seed'; the first is the result.

            Example: tessera restore small.png --task sr4 -o large.png
            """)

    @OptionGroup var input: InputOptions
    @Option(help: ArgumentHelp("What was done to the pictures.", valueName: "task"))
    var task: Task

    @OptionGroup var degradation: DegradationOptions

    @Option(
        help: ArgumentHelp(
            "How pictures are restored: by a denoiser and what was measured alone (pixels), or by "
                + "sampling tokens first; what was measured to be best for the task unless given.",
            valueName: "method"))
    var method: RestoreMethod?

    @Option(help: ArgumentHelp("How many pictures are drawn of each input.", valueName: "n"))
    var samples = 1

    @Option(
        help: ArgumentHelp(
            "Where the mean of the samples goes: a PNG for a single input, or a folder.",
            valueName: "out"),
        completion: .file())
    var saveMean: String?

    @Option(
        help: ArgumentHelp(
            "Where their standard deviation goes, white for 64 levels of 255.", valueName: "out"),
        completion: .file())
    var saveStd: String?

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var preview: PreviewOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var denoiser: DenoiserOptions
    @OptionGroup var look: LookOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        try degradation.validate(for: task.degradation)
        if !(1 ... 1000).contains(samples) {
            throw ValidationError("'--samples' is \(samples), but must be from 1 to 1000")
        }
        if (saveMean != nil || saveStd != nil) && samples < 2 {
            throw ValidationError("'--save-mean' and '--save-std' need '--samples' of at least 2")
        }
        if let look = look.look, !canHaveLook {
            throw ValidationError(
                "'--look \(look.name)' is for pictures that a denoiser restores, but here tokens are "
                    + "sampled; '--decoder' chooses between sharper and smoother ones")
        }
        guard method == .pixels else { return }
        if !task.degradation.isUndoneByDenoisers {
            throw ValidationError(
                "'--method pixels' cannot do '--task \(task.name)', which needs a model; leave it out"
            )
        }
        if let name = namesOfSamplingOptions.first {
            throw ValidationError(
                "'\(name)' says how tokens are sampled, but '--method pixels' samples none; leave one out"
            )
        }
    }

    /// Whether a denoiser restores the pictures without tokens.
    private var canHaveLook: Bool {
        task.degradation.isUndoneByDenoisers
            && (method == .pixels || method == nil && namesOfSamplingOptions.isEmpty)
    }

    /// The options of the command line that say how tokens are sampled and decoded.
    private var namesOfSamplingOptions: [String] {
        sampling.namesOfPriorOptions
            + [
                ("--model", model.model != nil), ("--decoder", decoder.objective != nil),
                ("--samples", samples > 1),
            ].filter(\.1).map(\.0)
    }

    /// What restores the pictures; the networks that are asked are loaded.
    ///
    /// An option that says how tokens are sampled asks for a method that does.
    private func restorer(of degradation: Degradation) throws(CommandFailure) -> Restorer {
        let denoiser = try self.denoiser.load(precision: sampling.prior.precision)
        let best = RestoreMethod.best(for: degradation, hasDenoiser: denoiser != nil)
        let method =
            self.method ?? (namesOfSamplingOptions.isEmpty ? best : .sampling(.anchored))
        guard case .sampling(let sampler) = method else {
            guard let denoiser else {
                throw .usage("'--method pixels' needs a denoiser, and there is none")
            }
            try look.check(denoiser)
            var options = try sampling.recovery(.anchored, with: nil)
            options.look = look.look ?? .faithful
            return Restorer(method: method, model: nil, denoiser: denoiser, options: options)
        }
        if let look = look.look, look != .faithful {
            throw .usage("'--look \(look.name)' needs a denoiser, and there is none")
        }
        let model = try self.model.load(
            needsPrior: true, precision: sampling.prior.precision,
            isGuidedByDraft: sampling.draft, decodingFor: decoder.objective)
        var options = try sampling.recovery(sampler, with: model)
        options.denoiser = denoiser?.network
        return Restorer(method: method, model: model, denoiser: denoiser, options: options)
    }

    /// What the picture told about its noise, in sentences.
    private func notes(about recovered: Recovered<Image>) -> [String] {
        var notes: [String] = []
        let judged = recovered.judgedNoise
        if judged.impulseShare > 0 {
            notes.append(
                "\(fixed(100 * judged.impulseShare, 1)) % of its pixels are salt and pepper, which are "
                    + "filled; pass --noise 0 to keep them")
        }
        guard degradation.noise == nil else { return notes }
        if recovered.noise >= 0.01 {
            let amount =
                judged.byBrightness.map {
                    "\(fixed($0.deviation(at: -1), 3)) where it is black to "
                        + "\(fixed($0.deviation(at: 1), 3)) where it is white"
                } ?? fixed(recovered.noise, 3)
            notes.append(
                "it seems to have noise of \(amount), which is taken away; pass --noise to say how "
                    + "much there is, or 0 to keep it")
        }
        if let grain = judged.grain {
            notes.append(
                "what looks like grain or fine texture, coarser than a pixel, is kept; pass "
                    + "--noise \(fixed(2 * grain, 2)) to take it away")
        }
        return notes
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let degradation = try self.degradation.degradation(task.degradation)
        let batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output,
            others: self.degradation.kernel.map { [$0] } ?? [])
        var means: SidePictures?
        var deviations: SidePictures?
        if let saveMean {
            means = try SidePictures(at: saveMean, noun: "a mean", output: output, input: input)
        }
        if let saveStd {
            deviations = try SidePictures(
                at: saveStd, noun: "a standard deviation", output: output, input: input,
                others: [saveMean])
        }
        var previews = try preview.pictures(
            output: output, input: input, others: [saveMean, saveStd])
        let restorer = try self.restorer(of: degradation)
        var metadata = self.degradation.metadata(of: degradation)
        if case .sampling(let method) = restorer.method {
            metadata = sampling.metadata(method).merging(metadata)
        }
        let recipe = Recipe(
            command: "restore", model: restorer.model, operatorName: degradation.name,
            options: restorer.metadata.merging(metadata), seed: sampling.seed)
        return try batch.run { job in
            let known = self.degradation.known(degradation, from: job)
            let factor = degradation.factor ?? 1
            let (width, height) = (job.image.width * factor, job.image.height * factor)
            try job.checkResult(width: width, height: height)
            guard width * height <= restorer.maximumPixelCount else {
                throw JobError.item(
                    "the result would have \(width) x \(height) pixels, but at most "
                        + "\(restorer.maximumPixelCount) in all are made; cut the picture")
            }
            var statistics = SampleStatistics()
            var first: Recovered<Image>?
            let seen = try Preview(of: job.file, in: &previews, every: preview.previewEvery)
            for number in 0 ..< samples {
                var options = restorer.options.keyed(by: job.file)
                options.seed &+= UInt64(number)
                let recovery = restorer.restore(
                    job.image, from: known, noise: self.degradation.noise, options: options)
                for step in recovery {
                    job.advance(
                        toStep: number * step.stepCount + step.step, of: samples * step.stepCount)
                    if number == 0 { seen?.show(step) }
                }
                let recovered = recovery.result()
                first = first ?? recovered
                if samples > 1 { statistics.add(recovered.image) }
            }
            guard let first else { preconditionFailure("At least one sample is drawn") }
            for note in notes(about: first) { job.note(note) }
            var image = first.image
            image.text = output.noMetadata ? [] : [recipe.textEntry]
            var metadata: JSONObject = [
                "residual": .real(first.residual), "noise": .real(first.noise),
            ]
            let judged = first.judgedNoise
            if let noise = judged.byBrightness {
                metadata["noiseAtBlack"] = .real(noise.deviation(at: -1))
                metadata["noiseAtWhite"] = .real(noise.deviation(at: 1))
            }
            if judged.impulseShare > 0 { metadata["impulses"] = .real(judged.impulseShare) }
            if let grain = judged.grain { metadata["grain"] = .real(grain) }
            if let file = known.parameters.file {
                metadata["jpegQuality"] = .integer(file.tables.nearestQuality)
            }
            if let path = try means?.write(statistics.mean, of: job.file) {
                metadata["mean"] = .string(path)
            }
            if let path = try deviations?.write(statistics.standardDeviation, of: job.file) {
                metadata["std"] = .string(path)
            }
            return (image, metadata)
        }
    }
}
