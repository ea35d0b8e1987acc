import ArgumentParser
import TesseraDataset
import TesseraPipeline

/// Pictures to token shards.
struct TokenizeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn pictures into shards of tokens.",
        discussion: """
            Writes shards, a record of each, a manifest, statistics, and what failed and why. The same \
            inputs and options give the same bytes for any number of threads, tasks and interruptions: \
            a run that was stopped goes on where it was. Several processes share a job with \
            --task-index and --task-count.

            Example: tessera tokenize photos -o tokens
            Example: tessera tokenize 'shards/{000..127}.tar' --size 256 -o tokens --task-index 3 --task-count 8
            """)

    @OptionGroup var data: DataOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of shards.", valueName: "folder"),
        completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "The files to write: safetensors, or webdataset for tar archives.", valueName: "format")
    )
    var format = TokenContainer.safetensors

    @Option(help: ArgumentHelp("The most pictures of a shard.", valueName: "n"))
    var shardSize = 1024

    @Flag(help: "Try again what failed before, and nothing that did not.")
    var retryFailed = false

    @Flag(help: "Remove what is in the folder and begin anew.")
    var overwrite = false

    @Flag(help: "Stop at the first item that cannot be done.")
    var failFast = false

    @OptionGroup var task: TaskOptions

    @Option(
        help: ArgumentHelp(
            "The most memory for pictures in work, such as 2G; larger ones fail.",
            valueName: "bytes"))
    var maxMemory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "How progress is told on standard error: text, or json.", valueName: "style"))
    var progress = ProgressLine.Style.text

    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if !(1 ... 1_000_000).contains(shardSize) {
            throw ValidationError("'--shard-size' is \(shardSize), but must be from 1 to 1000000")
        }
        if overwrite && retryFailed {
            throw ValidationError("'--overwrite' and '--retry-failed' exclude each other")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let (task, taskSource) = try self.task.task()
        guard !overwrite || task.count == 1 else {
            throw .usage(
                "'--overwrite' would remove what other tasks write; remove the folder instead")
        }
        if let input = data.inputs.first(where: { isFolder($0) && isPath(output, inFolder: $0) }) {
            throw .usage(
                "the output '\(output)' lies in the input '\(input)', and the next run would read it; "
                    + "choose a folder outside")
        }
        let model = try self.model.load(needsPrior: false)
        let plan = TokenPlan(try data.listing(), shardSize: shardSize)
        let folder: TokenFolder
        do {
            try makeFolders(output.folder)
            folder = try TokenFolder(
                path: output,
                job: TokenJob(
                    origin: model.tokenOrigin, container: format, shardSize: shardSize,
                    preparation: data.preparationFacts),
                task: task, isOverwriting: overwrite)
        } catch { throw CommandFailure(ofWriting: error) }
        let report = TokenizeReport(
            on: console, reporting: reporting, style: progress, itemCount: plan.pictureCount)
        if task.count > 1 {
            report.note(
                "task \(task.index) of \(task.count)" + (taskSource.map { " by \($0)" } ?? ""))
        }
        if plan.units.isEmpty && plan.faults.isEmpty {
            for path in data.inputs + (data.list.map { [$0] } ?? []) {
                report.add(
                    FailedItem(path: path, code: "empty", sentence: "there is no picture in it"))
            }
        }
        var run = TokenizeRun(
            plan: plan, folder: folder, task: task,
            encoder: PictureEncoder(
                model: model, preparation: data.preparation,
                gate: MemoryGate(limit: maxMemory?.value),
                isFailingFast: failFast),
            report: report, isRetrying: retryFailed)
        report.progress.expect(run.knownPictureCount)
        return try report.finish(try run.run(), times: run.encoder.times)
    }
}
