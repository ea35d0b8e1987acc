import ArgumentParser
import TesseraDataset
import TesseraImage
import TesseraJSON
import TesseraJobs

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

    @Flag(help: "Stop at the first failure; without it the rest is still done.")
    var failFast = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let pictures = try doing { () throws(JobError) in
            try StoredPictures(inputs, keys: keys)
        }
        if !output.skipExisting { try output.checkPlace() }
        let model = try self.model.load(makerOf: pictures.origin, decodingFor: decoder.objective)
        var wantedCount = pictures.pictureCount
        let batch = Batch(
            on: console, reporting: reporting, itemCount: wantedCount, failFast: failFast)
        let job = DetokenizeJob(
            pictures, with: model, into: output.output, options: options)
        for event in job {
            switch try batch.doing({ () throws(JobError) in try event.get() }) {
            case .passedOver:
                wantedCount -= 1
                batch.progress.expect(wantedCount)
            case .began(let item): batch.begin(item.key)
            case .wrote(let item, let path):
                try batch.end(
                    item.key,
                    .done([
                        "output": .string(path), "width": .integer(item.width),
                        "height": .integer(item.height),
                    ]))
            case .skipped(let item, let path):
                try batch.end(item.key, .skipped(["output": .string(path)]))
            case .failed(let item, let error): try batch.fail(item.key, error)
            case .unusable(let path, let sentence): try batch.fail(path, sentence)
            }
        }
        return try batch.finish()
    }

    private var options: DetokenizeOptions {
        var options = DetokenizeOptions()
        options.format = output.format
        options.encoding = output.encoding
        options.isSkipping = output.skipExisting
        options.hasRecipe = !output.noMetadata
        options.isFailingFast = failFast
        return options
    }
}
