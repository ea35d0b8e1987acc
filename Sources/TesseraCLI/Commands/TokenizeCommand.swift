import ArgumentParser
import TesseraCheckpoint
import TesseraDataset
import TesseraImage
import TesseraPipeline
import TesseraTokens

/// Pictures to token shards.
struct TokenizeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn pictures into shards of tokens.",
        discussion: """
            Writes safetensors shards, a line of JSON for each picture, and a manifest. A run that \
            was stopped goes on where it was: pictures in finished shards are passed over. Tar \
            archives of KEY.jpg and KEY.json are read too.

            Example: tessera tokenize photos -o tokens
            """)

    @OptionGroup var input: InputOptions
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of shards.", valueName: "folder"),
        completion: .directory)
    var output: String

    @Option(help: ArgumentHelp("The most pictures of a shard.", valueName: "n"))
    var perShard = 1024

    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if !(1 ... 1_000_000).contains(perShard) {
            throw ValidationError("'--per-shard' is \(perShard), but must be from 1 to 1000000")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let model = try self.model.load(needsPrior: false)
        let list = InputList(input.inputs)
        let writer: TokenShardWriter
        do {
            try makeFolders(output.folder)
            writer = try TokenShardWriter(
                folder: output, origin: model.tokenOrigin, itemsPerShard: perShard)
        } catch { throw CommandFailure(ofWriting: error) }
        let batch = Batch(
            on: console, reporting: reporting, itemCount: list.files.count,
            failFast: input.failFast)
        for failure in list.failures { try batch.fail(failure.path, failure.sentence) }
        for file in list.files {
            try batch.attempt(file.path) {
                guard !writer.finishedKeys.contains(file.key) else {
                    return .skipped(["key": .string(file.key)])
                }
                let image = try file.image()
                let grid = model.tokens(of: image)
                // What cannot be written now cannot be written later: the run ends.
                do {
                    try writer.add(
                        grid,
                        for: TokenItem(
                            key: file.key, label: file.label, width: image.width,
                            height: image.height))
                } catch { throw CommandFailure(ofWriting: error) }
                return .done([
                    "key": .string(file.key),
                    "tokens": .array([.integer(grid.height), .integer(grid.width)]),
                ])
            }
        }
        do { try writer.finish() } catch { throw CommandFailure(ofWriting: error) }
        return try batch.finish()
    }
}

extension CommandFailure {
    /// A failure to write shards: of the disk, or because the folder holds something else.
    fileprivate init(ofWriting error: any Error) {
        let isShard = if case .shard? = error as? DatasetError { true } else { false }
        self.init(status: isShard ? .usage : .storage, sentence: "\(error)")
    }
}
