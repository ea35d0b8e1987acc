import ArgumentParser
import TesseraFiles
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTensor

/// A recipe to tables, plots and contact sheets.
struct ExperimentCommand: JobCommand {
    /// The longest recipe that is read, in bytes.
    static let maximumRecipeByteCount = 1 << 20

    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Compare methods on degraded pictures, as a recipe says.",
        discussion: """
            A recipe is a YAML or JSON file that names tasks, methods, budgets, models and seeds; \
            Samples/Recipes has some. The output folder gets rows.jsonl, a row for each picture and \
            method; table.md, means with 95 % intervals; a plot and a contact sheet for each task; and \
            for a degradation with several noise levels a plot against the noise. Stop and start it at \
            any time: rows that are there are not done again, and their order does not change them. \
            --dry-run prints the plan and its cost.

            Other programs can be compared: '--save-measurements' writes what every method sees into \
            the folder 'measurements'. Results that are then put into the folder 'others', as \
            Scripts/baselines does, are measured by the next run and stand in the same tables.

            Example: tessera experiment Samples/Recipes/methods.yaml photos -o results
            """)

    @Argument(
        help: ArgumentHelp("The recipe.", valueName: "recipe"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var recipe: String

    @Argument(
        help: ArgumentHelp(
            "Pictures or folders of them, in place of the recipe's.", valueName: "in"),
        completion: .file())
    var inputs: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of the results.", valueName: "folder"),
        completion: .directory)
    var output: String

    @Flag(help: "Print the plan and what it costs, and do nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Take only the first pictures.", valueName: "n"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "The number format in which prior and gradients compute; unless given, bf16 where the "
                + "processor is fast at it.",
            valueName: "format"))
    var precision = Precision.fastForGuidance

    @Flag(help: "Guide sampling by the draft decoders: faster, and a little less exact.")
    var draft = false

    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var denoiser: DenoiserOptions
    @OptionGroup var perception: PerceptionOptions

    @Flag(help: "Store the measurements for other programs, in the folder 'measurements'.")
    var saveMeasurements = false

    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("'--limit' is \(limit), but must be at least 1")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let recipe = try readRecipe()
        let paths = inputs.isEmpty ? recipe.pictures : inputs
        guard !paths.isEmpty else {
            throw .usage("the recipe names no 'pictures'; add them, or name them after the recipe")
        }
        let list = InputList(arguments: paths)
        let count = min(limit ?? recipe.limit ?? list.files.count, list.files.count)
        let job = try self.job(recipe, pictures: Array(list.files.prefix(count)))
        if dryRun {
            let plan = try doing { () throws(JobError) in try job.plan() }
            for line in job.lines(of: plan) { try console.print(line) }
            return .done
        }
        let batch = Batch(
            on: console, reporting: reporting, itemCount: job.cells.count, noun: "row")
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        for event in job {
            switch try batch.doing({ () throws(JobError) in try event.get() }) {
            case .began(let cell): batch.begin(cell.name)
            case .step(let number, let count): batch.progress.advance(toStep: number, of: count)
            case .done(let cell, let figures): try batch.end(cell.name, .done(figures))
            case .skipped(let cell, let figures): try batch.end(cell.name, .skipped(figures))
            case .failed(let cell, let error): try batch.fail(cell.name, error)
            case .note(let path, let sentence): batch.note(path, sentence)
            case .finished(let report):
                if !reporting.json { try console.print(report.markdown) }
            }
        }
        return try batch.finish()
    }

    private func job(
        _ recipe: ExperimentRecipe, pictures: [InputFile]
    ) throws(CommandFailure) -> ExperimentJob {
        var settings = ExperimentSettings()
        settings.precision = precision
        settings.isGuidedByDraft = draft
        settings.decodingObjective = decoder.objective
        settings.denoiser = try denoiser.load(precision: precision)
        settings.perception = try perception.load()
        settings.storesMeasurements = saveMeasurements
        return try doing { () throws(JobError) in
            try ExperimentJob(recipe, pictures: pictures, into: output, settings: settings)
        }
    }

    private func readRecipe() throws(CommandFailure) -> ExperimentRecipe {
        do {
            let bytes = try readBytes(path: recipe, limit: Self.maximumRecipeByteCount)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw YAMLFault(description: "its bytes are not UTF-8")
            }
            guard case .object(let object) = try JSONValue(yaml: text) else {
                throw YAMLFault(description: "a recipe is an object of keys and values")
            }
            return try ExperimentRecipe(object)
        } catch let error as FileError {
            throw .usage("\(error)")
        } catch {
            throw .usage("\(recipe): \(error)")
        }
    }
}
