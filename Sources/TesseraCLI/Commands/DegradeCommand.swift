import ArgumentParser
import TesseraCheckpoint
import TesseraImage
import TesseraPipeline
import TesseraTensor

/// Pictures to test measurements.
struct DegradeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "degrade",
        abstract: "Damage pictures, to measure how well they are recovered.",
        discussion: """
            inpaint-box: a square of 64 pixels in the middle is missing. inpaint-random: 70 % of the \
            pixels are missing. sr2, sr4: the picture is reduced by antialiased bicubic resampling. \
            Missing pixels are gray, and white in the mask.

            Example: tessera degrade photo.png --task inpaint-box -o holed.png --mask-output hole.png
            """)

    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp(
            "What is done to the pictures.", valueName: "task"))
    var task: Damage

    @Option(
        help: ArgumentHelp(
            "Where the mask goes: a picture for a single input, or a folder.", valueName: "out"),
        completion: .file())
    var maskOutput: String?

    @Option(help: ArgumentHelp("The seed of the choice of pixels.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var output: OutputOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if maskOutput != nil && task.factor != nil {
            throw ValidationError(
                "'--mask-output' needs a task with a mask, but '\(task.rawValue)' has none")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        var batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output)
        var maskPlan: OutputPlan?
        if let maskOutput {
            var options = output
            options.output = maskOutput
            options.format = .png
            maskPlan = try OutputPlan(options, for: InputList(input.inputs))
            if maskPlan?.target == .standardOutput { throw .usage("a mask needs a file's name") }
        }
        return try batch.run { job in
            let random = RandomSource(seed: seed, key: itemKey(job.file.stem))
            let (damaged, _, mask) = task.apply(to: job.image, random: random)
            var facts: JSONObject = ["task": .string(task.rawValue)]
            if let mask,
                case .write(let path, _)? = try maskPlan?.destination(
                    of: job.file, from: .png)
            {
                try makeFolders(path.folder)
                try mask.picture.write(to: path, as: .png, options: output.encoding)
                facts["mask"] = .string(path)
            }
            return (damaged, facts)
        }
    }
}
