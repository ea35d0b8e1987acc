import ArgumentParser
import TesseraDataset
import TesseraJSON
import TesseraJobs

/// Token shards to figures about them.
struct TokensStatsCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count pictures, positions and codes of a tokenized data set.",
        discussion: """
            Entropy is the mean number of bits of a code if each is coded by its frequency in its slot; \
            perplexity is the number of equally frequent codes that would take as many. Pictures of \
            frequent codes are typical, pictures of rare ones are not: the least typical are often \
            faulty.

            Example: tessera tokens stats tokens --examples 8
            """)

    @OptionGroup var input: TokenInput

    @Option(
        help: ArgumentHelp(
            "How many of the most and least typical pictures to name.", valueName: "n"))
    var examples = 3

    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if !(0 ... 1000).contains(examples) {
            throw ValidationError("'--examples' is \(examples), but must be from 0 to 1000")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let tokens = try input.tokens()
        let (statistics, failedCount) = try tokens.statistics().outcome(
            on: console, isQuiet: reporting.quiet, itemCount: tokens.itemCount)
        if reporting.json {
            var metadata: JSONObject = ["path": .string(input.path)]
            metadata["modelName"] = .string(tokens.origin.modelName)
            metadata["pixelsPerToken"] = .integer(tokens.origin.pixelsPerToken)
            metadata = metadata.merging(statistics.json(exampleCount: examples))
            if let job = try? TokenSummary.statistics(ofFolder: input.path) {
                metadata["failed"] = job["failed"]
                metadata["filtered"] = job["filtered"]
            }
            metadata["unreadableFiles"] = .integer(failedCount)
            try console.print(JSONValue.object(metadata).compactText)
        } else {
            for line in statistics.lines(exampleCount: examples) { try console.print(line) }
        }
        return failedCount > 0 ? .someFailed : .done
    }
}

/// The argument of a command about tokens.
struct TokenInput: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A folder of shards, or a single shard: .safetensors or .tar.", valueName: "tokens"),
        completion: .file())
    var path: String

    /// Looks at what is there.
    ///
    /// - Throws: A usage failure if there are no tokens.
    func tokens() throws(CommandFailure) -> TokenCollection {
        try doing { () throws(JobError) in try TokenCollection(path) }
    }
}
