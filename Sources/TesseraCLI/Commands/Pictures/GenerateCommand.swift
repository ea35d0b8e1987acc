import ArgumentParser
import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraSampler
import TesseraTensor
import TesseraTokens

/// Nothing to pictures.
struct GenerateCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Draw pictures from a model's prior.",
        discussion: """
            An output with the name of a picture is one contact sheet of all; any other is a folder of \
            single pictures. A picture depends only on the seed and its number: more of them leave \
            the first ones as they were.

            Example: tessera generate --count 16 -o sheet.png --seed 3
            """)

    @Option(help: ArgumentHelp("The number of pictures.", valueName: "n"))
    var count = 16

    @Option(help: ArgumentHelp("The side of a picture in pixels.", valueName: "n"))
    var size = 128

    @Option(help: ArgumentHelp("How many pictures a row of the contact sheet has.", valueName: "n"))
    var columns: Int?

    @Option(help: ArgumentHelp("The seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("How often the prior is asked for each picture.", valueName: "n"))
    var steps = SamplerConfiguration().stepCount

    @OptionGroup var prior: PriorOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        for (name, value, range) in [
            ("count", count, 1 ... 10_000), ("size", size, 8 ... 2048),
            ("steps", steps, 1 ... 10_000),
            ("columns", columns ?? 1, 1 ... 1000),
        ] where !range.contains(value) {
            throw ValidationError(
                "'--\(name)' is \(value), but must be from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        if output.output == "-" {
            throw ValidationError("'--output' must name a sheet or a folder, but is '-'")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        if !output.skipExisting { try output.checkPlace() }
        let model = try self.model.load(
            needsPrior: true, precision: prior.precision, decodingFor: decoder.objective)
        let condition = try prior.condition(in: model)
        let isContactSheet =
            !isFolder(output.output) && (try? ImageFormat(path: output.output)) != nil
        if isContactSheet {
            if output.skipExisting && isRegularFile(output.output) { return .done }
            try checkContactSheet()
        }
        let batch = Batch(on: console, reporting: reporting, itemCount: count)
        var pictures: [Image] = []
        for number in 0 ..< count {
            let digits = String(number)
            let name = String(repeating: "0", count: max(4 - digits.count, 0)) + digits
            try batch.attempt(name) {
                let generation = model.generate(
                    height: size, width: size, condition: condition,
                    configuration: drawing.configuration(
                        stepCount: steps, guidance: prior.guidance),
                    random: RandomSource(seed: seed, key: UInt64(number)))
                for step in generation { batch.progress.advance(step) }
                var image = generation.result()
                var metadata: JSONObject = ["number": .integer(number)]
                if isContactSheet {
                    pictures.append(image)
                } else {
                    let format = output.format ?? .png
                    let path = "\(output.output)/\(name).\(format.fileExtension)"
                    if output.skipExisting && isRegularFile(path) {
                        return .skipped(["output": .string(path)])
                    }
                    if !output.noMetadata { image.text = [recipe(model).textEntry] }
                    try makeFolders(output.output)
                    try image.write(to: path, as: format, options: output.encoding)
                    metadata["output"] = .string(path)
                }
                return .done(metadata)
            }
        }
        if isContactSheet {
            try batch.ending { () throws(CommandFailure) in
                try write(contactSheet: pictures, of: model)
            }
        }
        return try batch.finish()
    }

    /// Checks before the work that the contact sheet can be written after it.
    private func checkContactSheet() throws(CommandFailure) {
        let rowCount = (count + columnCount - 1) / columnCount
        let side = size + ContactSheet.gap
        guard columnCount * side * rowCount * side <= ContactSheet.maximumPixelCount else {
            throw .usage(
                "a sheet of \(count) pictures of \(size) pixels would have more than "
                    + "\(ContactSheet.maximumPixelCount); name a folder")
        }
        if let format = output.format, format != (try? ImageFormat(path: output.output)) {
            throw .usage(
                "'--format' is \(format.rawValue), but '\(output.output)' is named like another; "
                    + "change one of them")
        }
        guard isRegularFile(output.output), !output.overwrite else { return }
        throw .usage("'\(output.output)' exists; pass --overwrite to replace it")
    }

    private var columnCount: Int {
        columns ?? Int(Double(count).squareRoot().rounded(.up))
    }

    private func write(contactSheet pictures: [Image], of model: Model) throws(CommandFailure) {
        var sheet = ContactSheet(
            pictures: pictures.map { ContactSheet.Picture(image: $0) },
            columnCount: columnCount
        ).image
        if !output.noMetadata { sheet.text = [recipe(model).textEntry] }
        do {
            try makeFolders(output.output.folder)
            let named = try ImageFormat(path: output.output)
            try sheet.write(to: output.output, as: named, options: output.encoding)
        } catch {
            throw .storage(sentence(of: error))
        }
    }

    private func recipe(_ model: Model) -> Recipe {
        var options = drawing.metadata
        options["count"] = .integer(count)
        options["size"] = .integer(size)
        options["steps"] = .integer(steps)
        for member in prior.metadata.members { options[member.name] = member.value }
        return Recipe(command: "generate", model: model, options: options, seed: seed)
    }
}
