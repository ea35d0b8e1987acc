import ArgumentParser
import TesseraCheckpoint
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTokenizer

/// Pictures to the bins of a dimension-wise tokenizer.
struct FitBinsCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit-bins",
        abstract: "Compute the bins of a dimension-wise tokenizer from pictures.",
        discussion: """
            The model's folder is rewritten: its weights get the bins, and measurements made with \
            others are dropped. Nothing is retrained.

            Example: tessera fit-bins photos --model Checkpoints/photo-dimension
            """)

    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp("The folder of the model to rewrite.", valueName: "folder"),
        completion: .directory)
    var model: String

    @Option(
        help: ArgumentHelp(
            "How bins are placed: lloyd-max (least error) or normal-quantile (equal probability).",
            valueName: "method"))
    var method = LevelPlacement.lloydMax

    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let fitting: BinFitting
        do { fitting = try BinFitting(ModelFolder(path: model)) } catch {
            throw .model(error.description)
        }
        let list = InputList(arguments: input.inputs)
        let batch = Batch(
            on: console, reporting: reporting, itemCount: list.files.count,
            failFast: input.failFast)
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        var collected = fitting
        for file in list.files {
            try batch.attempt(file.path) {
                let count = collected.positionCount
                collected.add(try file.image())
                return .done(["positions": .integer(collected.positionCount - count)])
            }
        }
        guard collected.positionCount > 0 else {
            throw .usage("no picture could be read, so that there is nothing to fit bins to")
        }
        // A run that was to stop at a fault must not rewrite the model.
        if !batch.isStopped {
            do { try collected.save(placed: method) } catch {
                throw .model(error.description)
            }
        }
        return try batch.finish()
    }
}
