import TesseraJSON
import ArgumentParser
import TesseraCuration
import TesseraDataset
import TesseraPipeline
import TesseraTensor
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
        if !(1 ... DatasetQuantization.usualStrataSize).contains(bins) {
            throw ValidationError(
                "'--bins' is \(bins), but must be from 1 to \(DatasetQuantization.usualStrataSize)")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let tokens = try TokenCollection(input.path)
        let features = PictureFeatures(try model.load(makerOf: tokens.origin).tokenizer.codeSpace)
        var keys: [String] = []
        var values: [Float] = []
        let failedCount = tokens.forEach(
            on: console, isQuiet: reporting.quiet,
            make: { ($0.item.key, features.values(of: $0.grid)) },
            take: {
                keys.append($0)
                values += $1
            })
        let selection = DatasetQuantization(
            features: PictureFeatures.standardized(
                Tensor(shape: [keys.count, features.count], elements: values)),
            binCount: bins, seed: seed
        ).selection(count: count)
        for index in selection {
            try console.print(
                reporting.json
                    ? JSONValue.object(["key": .string(keys[index])]).compactText : keys[index])
        }
        try kept.write(selection, keys: keys, of: tokens, at: input.path)
        if reporting.json {
            let summary: JSONObject = [
                "pictures": .integer(keys.count), "selected": .integer(selection.count),
                "unreadableFiles": .integer(failedCount),
            ]
            try console.print(JSONValue.object(["summary": .object(summary)]).compactText)
        }
        return failedCount > 0 ? .someFailed : .done
    }
}
