import ArgumentParser
import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTensor

/// Pictures to test measurements.
struct DegradeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "degrade",
        abstract: "Degrade pictures, to measure how well they are recovered.",
        discussion: """
            \(described(Degradation.all.filter(\.givesPicture), by: \.summary)) \
            \(described(Degradation.all.filter { !$0.givesPicture }) { _ in
                "not pictures; what is written shows them, '--measurement-output' holds them"
            })

            Example: tessera degrade photo.png --task deblur-gaussian --noise 0.05 -o blurred.png
            """)

    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp(
            "What is done to the pictures.", valueName: "task"))
    var task: Degradation

    @OptionGroup var experiment: ExperimentOptions

    @Option(
        help: ArgumentHelp(
            "Where the mask goes: a picture for a single input, or a folder.", valueName: "out"),
        completion: .file())
    var maskOutput: String?

    @Option(
        help: ArgumentHelp(
            "A folder for the exact measurements, as .npy in 32 bits, neither rounded nor clamped.",
            valueName: "folder"),
        completion: .directory)
    var measurementOutput: String?

    @Option(help: ArgumentHelp("The seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var output: OutputOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        try experiment.validate(for: task)
        if maskOutput != nil && !task.hasMask {
            throw ValidationError(
                "'--mask-output' needs a task with a mask, but '\(task.name)' has none")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let degradation = try experiment.degradation(task)
        let batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output)
        var masks: SidePictures?
        if let maskOutput {
            masks = try SidePictures(at: maskOutput, noun: "a mask", output: output, input: input)
        }
        return try batch.run { job in
            let measured = degradation.measure(
                job.image, random: RandomSource(seed: seed, key: itemKey(job.file.stem)))
            var metadata: JSONObject = ["task": .string(task.name)]
            if let hole = measured.hole {
                if let path = try masks?.write(hole.picture, of: job.file) {
                    metadata["mask"] = .string(path)
                }
            }
            if let measurementOutput {
                let path =
                    measurementOutput + "/" + job.file.relativePath.replacingExtension(by: "npy")
                try makeFolders(path.folder)
                try NumPyFile.write(measured.values, to: path, replacing: output.overwrite)
                metadata["measurement"] = .string(path)
            }
            return (measured.picture, metadata)
        }
    }
}
