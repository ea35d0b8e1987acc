import ArgumentParser
import Glibc
import TesseraCheckpoint
import TesseraDataset
import TesseraFiles
import TesseraImage
import TesseraJobs
import TesseraPipeline

/// Token shards to pictures.
struct DetokenizeCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize",
        abstract: "Turn shards of tokens back into pictures.",
        discussion: """
            Each picture gets the name of its key. The model is the one that made the tokens, found \
            by its name unless given; another is refused.

            Example: tessera detokenize tokens -o pictures --keys 'holiday/*' --format jpeg
            """)

    @Argument(
        help: ArgumentHelp(
            "Folders of shards, or single shards: .safetensors or .tar.", valueName: "in"),
        completion: .file())
    var inputs: [String]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Only pictures with these keys, in which '*' stands for any text.",
            valueName: "pattern"))
    var keys: [String] = []

    @Flag(help: "Stop at the first item that cannot be done.")
    var failFast = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let sources: [TokenSource]
        do { sources = try inputs.map { try TokenSource($0) } } catch {
            throw .usage(sentence(of: error))
        }
        guard let origin = sources.first(where: { !$0.files.isEmpty })?.origin else {
            throw .usage("\(inputs.joined(separator: ", ")): there are no tokens in it")
        }
        let model = try self.model.load(makerOf: origin, decodingFor: decoder.goal)
        let isNamed = (try? ImageFormat(path: output.output)) != nil
        let namedFormat =
            isNamed && matchCount(in: sources) == 1 ? try? ImageFormat(path: output.output) : nil
        let recipe = Recipe(command: "detokenize", model: model)
        var wantedCount = sources.reduce(0) { $0 + $1.itemCount }
        let batch = Batch(
            on: console, reporting: reporting, itemCount: wantedCount, failFast: failFast)
        var hasMatch = false
        for source in sources {
            for name in source.files where !batch.isStopped {
                let file: any GridFile
                do { file = try source.open(name) } catch {
                    try batch.fail(source.path + "/" + name, sentence(of: error))
                    continue
                }
                for (index, item) in file.items.enumerated() {
                    guard matches(item.key) else {
                        wantedCount -= 1
                        batch.progress.expect(wantedCount)
                        continue
                    }
                    hasMatch = true
                    try batch.attempt(item.key) {
                        try write(index, of: file, with: model, recipe, as: namedFormat)
                    }
                }
            }
        }
        if !keys.isEmpty && !hasMatch {
            try batch.fail(
                inputs.joined(separator: ", "),
                "no picture has a key like \(keys.joined(separator: ", "))")
        }
        return try batch.finish()
    }

    private func write(
        _ index: Int, of file: any GridFile, with model: Model, _ recipe: Recipe,
        as namedFormat: ImageFormat?
    ) throws -> Batch.Outcome {
        let item = file.items[index]
        let format = output.format ?? namedFormat ?? .png
        let path =
            namedFormat == nil
            ? "\(output.output)/\(item.key).\(format.fileExtension)" : output.output
        if output.skipExisting && isRegularFile(path) {
            return .skipped(["output": .string(path)])
        }
        try file.origin.requireSame(as: model.tokenOrigin)
        var image = model.picture(
            of: try file.grid(at: index), width: item.width, height: item.height)
        if !output.noMetadata { image.text = [recipe.textEntry] }
        try makeFolders(path.folder)
        try image.write(to: path, as: format, options: output.encoding)
        return .done([
            "output": .string(path), "width": .integer(item.width),
            "height": .integer(item.height),
        ])
    }

    private func matches(_ key: String) -> Bool {
        keys.isEmpty || keys.contains { fnmatch($0, key, 0) == 0 }
    }

    /// The number of pictures that are asked for; files that cannot be opened have none.
    private func matchCount(in sources: [TokenSource]) -> Int {
        sources.reduce(0) { sum, source in
            source.files.reduce(sum) { sum, name in
                sum + ((try? source.open(name))?.items.count { matches($0.key) } ?? 0)
            }
        }
    }
}
