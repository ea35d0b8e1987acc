import ArgumentParser
import TesseraCheckpoint
import TesseraDataset
import TesseraImage
import TesseraPipeline
import TesseraTokens

/// Token shards to pictures.
struct DetokenizeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize",
        abstract: "Turn shards of tokens back into pictures.",
        discussion: """
            Each picture gets the name of its key. The model is the one that made the tokens, found \
            by its name unless given; another is refused.

            Example: tessera detokenize tokens -o pictures --format jpeg
            """)

    @Argument(
        help: ArgumentHelp("Folders of shards, or single shards.", valueName: "in"),
        completion: .file())
    var inputs: [String]

    @Flag(help: "Stop at the first item that cannot be done.")
    var failFast = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let shards: [TokenShard]
        do { shards = try inputs.flatMap(DetokenizeCommand.shards) } catch {
            throw .usage(sentence(of: error))
        }
        guard let origin = shards.first?.origin else {
            throw .usage("\(inputs.joined(separator: ", ")): there are no tokens in it")
        }
        let model = try loadModel(of: origin)
        let count = shards.reduce(0) { $0 + $1.items.count }
        let namedFormat = count == 1 ? try? ImageFormat(path: output.output) : nil
        let recipe = Recipe(command: "detokenize", model: model)
        let batch = Batch(
            on: console, reporting: reporting, itemCount: count, failFast: failFast)
        for shard in shards {
            for (index, item) in shard.items.enumerated() {
                try batch.attempt(item.key) {
                    let format = output.format ?? namedFormat ?? .png
                    let path =
                        namedFormat == nil
                        ? "\(output.output)/\(item.key).\(format.fileExtension)" : output.output
                    if output.skipExisting && isRegularFile(path) {
                        return .skipped(["output": .string(path)])
                    }
                    try shard.origin.requireSame(as: model.tokenOrigin)
                    var image = model.picture(
                        of: try shard.grid(at: index), width: item.width, height: item.height)
                    if !output.noMetadata { image.text = [recipe.textEntry] }
                    try makeFolders(path.folder)
                    try image.write(to: path, as: format, options: output.encoding)
                    return .done([
                        "output": .string(path), "width": .integer(item.width),
                        "height": .integer(item.height),
                    ])
                }
            }
        }
        return try batch.finish()
    }

    /// The shards of a folder, or the one of a path.
    private static func shards(_ path: String) throws -> [TokenShard] {
        guard isFolder(path) else { return [try TokenShard(path: path)] }
        let manifest = try TokenManifest(folder: path)
        return try manifest.shards.map { try manifest.open($0, in: path) }
    }

    /// The model that is named, or the shipped one that made the tokens.
    private func loadModel(of origin: TokenOrigin) throws(CommandFailure) -> Model {
        var options = model
        options.model = model.model ?? origin.modelName
        let model = try options.load(needsPrior: false)
        do { try origin.requireSame(as: model.tokenOrigin) } catch {
            throw .model(error.description)
        }
        return model
    }
}

extension TokenOrigin {
    /// Checks that a model is the one that made tokens.
    fileprivate func requireSame(as model: TokenOrigin) throws(ItemFailure) {
        guard self.model == model.model else {
            throw ItemFailure(
                "the tokens were made by the model '\(modelName)' with the hash "
                    + "\(self.model.prefix(12))…, but '\(model.modelName)' has "
                    + "\(model.model.prefix(12))…; name the right one with --model")
        }
    }
}
