public import TesseraDataset
import TesseraFiles
public import TesseraPipeline

/// Pictures to shards of tokens: the work of one task, as a sequence of what happens.
///
///     let model = try Model(ShippedModels().best(withPrior: false), needsPrior: false)
///     let job = try TokenizeJob(["photos"], with: model, into: "tokens")
///     for event in job {
///         if case .failed(let item) = try event.get() { print(item.path, item.sentence) }
///     }
///
/// To iterate is to do the work; leaving the loop stops it. Whoever iterates again, now or in another
/// process, goes on where it was: the same inputs and options give the same bytes for any number of
/// threads, tasks and interruptions.
public struct TokenizeJob: Sequence, Sendable {
    /// What an input that is a command of the shell begins with.
    public static let commandPrefix = "pipe:"

    /// The work of all tasks.
    public let plan: TokenPlan

    /// How pictures become tokens.
    public let options: TokenizeOptions

    let model: Model
    let output: String
    private let sources: [String]

    /// Plans a job over a listing of pictures and archives.
    ///
    /// - Parameters:
    ///   - listing: The pictures and archives.
    ///   - sources: What the listing was made from, for failures that concern all of it.
    ///   - model: The model whose tokenizer makes the tokens.
    ///   - output: The folder of shards, which is made unless it exists.
    ///   - options: How pictures become tokens.
    /// - Throws: ``JobError`` about the usage if the folder would be begun anew by one task of several.
    /// - Precondition: A shard has at least one picture.
    public init(
        _ listing: InputListing, from sources: [String] = [], with model: Model,
        into output: String, options: TokenizeOptions = TokenizeOptions()
    ) throws(JobError) {
        guard !options.isOverwriting || options.task.count == 1 else {
            throw .usage(
                "to begin anew would remove what other tasks write; remove the folder instead")
        }
        plan = TokenPlan(listing, shardSize: options.shardSize)
        self.sources = sources
        self.model = model
        self.output = output
        self.options = options
    }

    /// Plans a job over files, folders, archives and patterns.
    ///
    /// - Parameters:
    ///   - inputs: Pictures, folders with all that is below them, tar archives, patterns and ranges of
    ///     them, and commands that print tar archives, after ``commandPrefix``.
    ///   - allowsCommands: Whether such commands are run.
    ///   - model: The model whose tokenizer makes the tokens.
    ///   - output: The folder of shards, which is made unless it exists.
    ///   - options: How pictures become tokens.
    /// - Throws: ``JobError`` about the usage if a command is not allowed, the folder lies in an input,
    ///   or would be begun anew by one task of several.
    public init(
        _ inputs: [String], allowsCommands: Bool = false, with model: Model, into output: String,
        options: TokenizeOptions = TokenizeOptions()
    ) throws(JobError) {
        try TokenizeJob.checkOutput(output, isOutside: inputs)
        let commands = inputs.filter { $0.hasPrefix(TokenizeJob.commandPrefix) }
        if let command = commands.first, !allowsCommands {
            throw .usage("'\(command)' is a command; commands are run only if that is allowed")
        }
        var listing = InputListing(
            searching: inputs.filter { !$0.hasPrefix(TokenizeJob.commandPrefix) })
        listing.add(
            commands: commands.map { String($0.dropFirst(TokenizeJob.commandPrefix.count)) })
        try self.init(listing, from: inputs, with: model, into: output, options: options)
    }

    /// The pictures of this task that are known without opening archives.
    public var pictureCount: Int {
        plan.units.enumerated().reduce(0) { sum, unit in
            guard options.task.owns(unit: unit.offset), case .pictures(let places) = unit.element
            else { return sum }
            return sum + places.count
        }
    }

    /// Starts the work.
    ///
    /// - Returns: What happens. ``TokenizeEvent/finished(_:)`` is the last event of a run that was not
    ///   stopped; a failure is of the usage if the folder is of another job or in use.
    public func makeIterator() -> JobEvents<TokenizeEvent> {
        JobEvents { [self] (events) throws(JobError) in
            var run = try TokenizeRun(self, telling: events)
            try run.run(faults: emptyFaults)
        }
    }

    /// What is said of inputs that have nothing at all in them.
    private var emptyFaults: [FailedItem] {
        guard plan.units.isEmpty && plan.faults.isEmpty else { return [] }
        return sources.map {
            FailedItem(path: $0, code: "empty", sentence: "there is no picture in it")
        }
    }
}

extension TokenizeJob {
    /// Checks that the next run would not read what this one writes.
    ///
    /// - Parameters:
    ///   - output: The folder of shards.
    ///   - inputs: Files, folders and whatever else is read.
    /// - Throws: ``JobError`` about the usage if the folder lies in an input.
    package static func checkOutput(
        _ output: String, isOutside inputs: [String]
    ) throws(JobError) {
        if let input = inputs.first(where: { isFolder($0) && isPath(output, inFolder: $0) }) {
            throw .usage(
                "the output '\(output)' lies in the input '\(input)', and the next run would read it; "
                    + "choose a folder outside")
        }
        do { try checkFolder(output) } catch { throw .storage(error.description) }
    }
}
