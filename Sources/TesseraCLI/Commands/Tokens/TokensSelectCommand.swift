import ArgumentParser
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTokens

/// Token shards to a small part that has of everything.
struct TokensSelectCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "select",
        abstract: "Choose a diverse part of a tokenized data set.",
        discussion: """
            Divides the pictures into bins, from the common to the rare, each diverse in itself, and \
            draws the same part of each at random (Dataset Quantization, Zhou et al., ICCV 2023). \
            Prints the keys, in the order of the data set.

            Example: tessera tokens select tokens --count 1000 --seed 7 --tokens small
            """)

    @OptionGroup var input: TokenInput

    @Option(help: ArgumentHelp("How many pictures.", valueName: "n"))
    var count: Int

    @Option(help: ArgumentHelp("The number of bins.", valueName: "n"))
    var bins = 10

    @Option(help: "The seed; the same one gives the same pictures for any number of threads.")
    var seed: UInt64 = 0

    @OptionGroup var kept: KeptTokensOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if count < 1 {
            throw ValidationError("'--count' is \(count), but must be at least 1")
        }
        if !(1 ... TokenCollection.maximumBinCount).contains(bins) {
            throw ValidationError(
                "'--bins' is \(bins), but must be from 1 to \(TokenCollection.maximumBinCount)")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let tokens = try input.tokens()
        let codeSpace = try model.load(makerOf: tokens.origin).tokenizer.codeSpace
        let (selection, failedCount) = try tokens.selection(
            of: count, by: codeSpace, binCount: bins, seed: seed
        ).outcome(on: console, isQuiet: reporting.quiet, itemCount: tokens.itemCount)
        let keys = selection.keys
        for index in selection.chosen {
            try console.print(
                reporting.json
                    ? JSONValue.object(["key": .string(keys[index])]).compactText : keys[index])
        }
        try kept.write(selection.chosen, keys: keys, of: tokens)
        if reporting.json {
            let summary: JSONObject = [
                "pictures": .integer(keys.count), "selected": .integer(selection.chosen.count),
                "unreadableFiles": .integer(failedCount),
            ]
            try console.print(JSONValue.object(["summary": .object(summary)]).compactText)
        }
        return failedCount > 0 ? .someFailed : .done
    }
}
