import ArgumentParser
import TesseraCheckpoint
import TesseraDataset
import TesseraFiles
import TesseraJobs

/// Where a command writes which pictures it keeps.
struct KeptTokensOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the keys of the pictures that are kept here, one a line.", valueName: "file"),
        completion: .file())
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "Write the tokens of the pictures that are kept into this new folder.",
            valueName: "folder"),
        completion: .directory)
    var tokens: String?

    /// Writes what was asked for.
    ///
    /// - Parameters:
    ///   - kept: The places of the pictures among all, rising.
    ///   - keys: The keys of all pictures.
    ///   - collection: Where the pictures come from.
    ///   - path: Its path.
    /// - Throws: A storage failure, or a usage failure if the folder holds something else.
    func write(
        _ kept: [Int], keys: [String], of collection: TokenCollection, at path: String
    ) throws(CommandFailure) {
        if let file = self.keys {
            try writeLines(kept.map { keys[$0] }, to: file)
        }
        if let tokens { try copy(Set(kept), of: collection, at: path, to: tokens) }
    }

    private func copy(
        _ kept: Set<Int>, of collection: TokenCollection, at path: String, to output: String
    ) throws(CommandFailure) {
        do {
            let job = isFolder(path) ? try TokenJob(folder: path) : nil
            try makeFolders(output.folder)
            var copy = try TokenCopy(
                to: output,
                TokenJob(
                    origin: collection.origin,
                    container: job?.container
                        ?? (path.hasSuffix(".tar") ? .webdataset : .safetensors),
                    shardSize: job?.shardSize ?? 1024, preparation: job?.preparation ?? [:]))
            var place = 0
            var failure: (any Error)?
            _ = collection.forEach(
                on: nil, make: { StoredGrid($0.grid, for: $0.item) },
                take: { grid in
                    defer { place += 1 }
                    guard failure == nil, kept.contains(place) else { return }
                    do { try copy.add(grid) } catch { failure = error }
                })
            if let failure { throw failure }
            try copy.finish()
        } catch let failure as CommandFailure {
            throw failure
        } catch { throw CommandFailure(JobError(writing: error)) }
    }
}

/// Writes lines of text to a file that appears when it is whole.
///
/// - Throws: A storage failure.
func writeLines(_ lines: [String], to path: String) throws(CommandFailure) {
    do {
        try makeFolders(path.folder)
        var file = try AtomicFile(path: path)
        try file.write(Array(lines.map { $0 + "\n" }.joined().utf8))
        try file.commit()
    } catch { throw CommandFailure(JobError(writing: error)) }
}
