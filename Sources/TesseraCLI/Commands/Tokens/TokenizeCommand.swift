import ArgumentParser
import TesseraDataset
import TesseraJobs

/// Pictures to token shards.
struct TokenizeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn pictures into shards of tokens.",
        discussion: """
            Writes shards, a record of each, a manifest, statistics, and what failed and why. The same \
            inputs and options give the same bytes for any number of threads, tasks and interruptions: \
            a run that was stopped goes on where it was, and makes shards again that were lost or cut. \
            Pictures are known by their names: one whose content changed under its name is not noticed; \
            --overwrite begins anew. Several processes share a job with --task-index and \
            --task-count. SIGUSR1 asks how far a run is.

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

    @Option(help: ArgumentHelp("The most pictures that a shard holds.", valueName: "n"))
    var shardSize = 1024

    @Flag(help: "Try again only what failed before.")
    var retryFailed = false

    @Flag(help: "Read finished shards, and make those again whose hashes are not as recorded.")
    var verify = false

    @Flag(help: "Remove what is in the folder and begin anew.")
    var overwrite = false

    @Flag(help: "Stop at the first failure; without it the rest is still done.")
    var failFast = false

    @OptionGroup var task: TaskOptions

    @Option(
        help: ArgumentHelp(
            "The most memory that pictures in work may take, such as 2G; one that needs more fails.",
            valueName: "bytes"))
    var maxMemory: ByteCount?

    @Option(
        help: ArgumentHelp(
            "How progress is told on standard error.", valueName: "style"))
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
        try doing { () throws(JobError) in
            try TokenizeJob.checkOutput(output, isOutside: data.inputs)
        }
        let model = try self.model.load(needsPrior: false)
        let listing = try data.listing()
        let job = try doing { () throws(JobError) in
            try TokenizeJob(
                listing, from: data.inputs + (data.list.map { [$0] } ?? []), with: model,
                into: output, options: options(for: task))
        }
        let report = TokenizeReport(
            on: console, reporting: reporting, style: progress, task: task, taskSource: taskSource)
        for event in job { try report.add(event) }
        return try report.finish()
    }

    private func options(for task: JobTask) -> TokenizeOptions {
        var options = TokenizeOptions()
        options.container = format
        options.shardSize = shardSize
        options.preparation = data.preparation
        options.samples = data.samples
        options.task = task
        options.isRetrying = retryFailed
        options.isVerifying = verify
        options.isOverwriting = overwrite
        options.isFailingFast = failFast
        options.memoryLimit = maxMemory?.value
        return options
    }
}
