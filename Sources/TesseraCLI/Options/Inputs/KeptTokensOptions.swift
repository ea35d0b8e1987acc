import ArgumentParser
import TesseraFiles
import TesseraJSON
import TesseraJobs

/// Where a command writes which pictures it keeps.
struct KeptTokensOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file to write for the keys of the pictures that are kept, one on each line.",
            valueName: "file"),
        completion: .file())
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "A new folder to write for the tokens of the pictures that are kept.",
            valueName: "folder"),
        completion: .directory)
    var tokens: String?

    /// Writes what was asked for.
    ///
    /// - Parameters:
    ///   - kept: The places of the pictures among all, rising.
    ///   - keys: The keys of all pictures.
    ///   - collection: Where the pictures come from.
    /// - Throws: A storage failure, or a usage failure if the folder holds something else.
    func write(
        _ kept: [Int], keys: [String], of collection: TokenCollection
    ) throws(CommandFailure) {
        if let file = self.keys {
            try writeLines(kept.map { keys[$0] }, to: file)
        }
        guard let tokens else { return }
        _ = try collection.copy(Set(kept), to: tokens)
            .outcome(on: nil, itemCount: collection.itemCount)
    }
}

/// Writes lines of text to a file that appears when it is whole.
///
/// - Throws: A storage failure.
func writeLines(_ lines: [String], to path: String) throws(CommandFailure) {
    do { try writeTextFile(lines.map { $0 + "\n" }.joined(), to: path) } catch {
        throw CommandFailure(JobError(writing: error))
    }
}
