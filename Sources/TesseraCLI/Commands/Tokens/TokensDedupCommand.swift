import ArgumentParser
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTokens

/// Token shards to groups of near-duplicates.
struct TokensDedupCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup",
        abstract: "Find duplicates and near-duplicates in a tokenized data set.",
        discussion: """
            Pictures are compared by short binary codes made from their tokens: compressed again, a \
            little brighter, cropped or shifted, they are near; mirrored they are not. The distance is \
            the part of the bits that differ, 0.5 between pictures that have nothing in common. Of a \
            group the picture with the most pixels is kept, the first of equals, and every other one \
            is near to it.

            Example: tessera tokens dedup tokens --keys keep.txt --groups duplicates.jsonl
            """)

    @OptionGroup var input: TokenInput

    @Option(
        help: ArgumentHelp(
            "The greatest distance of near-duplicates; unless given, 0.2 for photo-dimension and 0.1 "
                + "for other models.",
            valueName: "distance"))
    var threshold: Double?

    @Flag(help: "Find pictures with equal tokens only.")
    var exact = false

    @Option(
        help: ArgumentHelp(
            "A file to write with a line of JSON for each group.", valueName: "file"),
        completion: .file())
    var groups: String?

    @OptionGroup var kept: KeptTokensOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let threshold, !(0 ... 0.5).contains(threshold) {
            throw ValidationError("'--threshold' is \(threshold), but must be from 0 to 0.5")
        }
        if exact && threshold != nil {
            throw ValidationError("'--exact' and '--threshold' exclude each other")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let start = ContinuousClock.now
        let tokens = try input.tokens()
        let codeSpace =
            exact ? nil : try model.load(makerOf: tokens.origin).tokenizer.codeSpace
        let (result, failedCount) = try tokens.duplicates(by: codeSpace, within: threshold).outcome(
            on: console, isQuiet: reporting.quiet, itemCount: tokens.itemCount)
        let lines = result.groups.map { JSONValue.object($0.json).compactText }
        for (group, line) in zip(result.groups, lines) {
            try console.print(reporting.json ? line : group.text)
        }
        if let groups { try writeLines(lines, to: groups) }
        try kept.write(result.kept, keys: result.keys, of: tokens)
        if !reporting.quiet {
            console.say(
                "\(result.keys.count) pictures, \(result.copyCount) of them duplicates in "
                    + "\(result.groups.count) groups, \(result.kept.count) to keep")
        }
        if reporting.json {
            var summary: JSONObject = [
                "pictures": .integer(result.keys.count), "kept": .integer(result.kept.count),
                "groups": .integer(result.groups.count), "copies": .integer(result.copyCount),
                "exact": .integer(result.exactCount), "unreadableFiles": .integer(failedCount),
            ]
            summary["threshold"] = result.threshold.map { .real($0) }
            summary["seconds"] = .real((ContinuousClock.now - start).roundedSeconds)
            try console.print(JSONValue.object(["summary": .object(summary)]).compactText)
        }
        return failedCount > 0 ? .someFailed : .done
    }
}
