import ArgumentParser
import TesseraCheckpoint
import TesseraFiles
import TesseraJSON
import TesseraModels
import TesseraPacking
import TesseraPipeline
import TesseraTensor

/// A model to one whose weights take fewer bits.
struct PackCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Store a model's weights in 8 bits or fewer.",
        discussion: """
            \(WeightFormats.all.map { "\($0.name): \($0.summary)." }.joined(separator: " ")) \
            Of a tokenizer only the residual blocks of decoders take fewer than 8 bits, the rest is \
            int8. 'stored' leaves weights as they are. Nothing is \
            retrained; measure what it costs with 'tessera evaluate'.

            Example: tessera pack photo-dimension -o small --format int8 --prior int4
            """)

    /// How weights are stored: in a format of the list, or as they are.
    struct Format: ExpressibleByArgument {
        let format: (any WeightFormat)?

        /// The word for weights that are left as they are.
        private static let stored = "stored"

        init(_ format: (any WeightFormat)?) { self.format = format }

        init?(argument: String) {
            guard let format = WeightFormats.named(argument) else {
                guard argument == Self.stored else { return nil }
                self.init(nil)
                return
            }
            self.init(format)
        }

        var defaultValueDescription: String { format?.name ?? Self.stored }

        static var allValueStrings: [String] { WeightFormats.all.map(\.name) + [stored] }
    }

    @Argument(
        help: ArgumentHelp(
            "A model folder, or the name of a model that ships.", valueName: "folder|name"),
        completion: .directory)
    var model: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The new folder; its name becomes the model's.", valueName: "folder"),
        completion: .directory)
    var output: String

    @Option(help: ArgumentHelp("How all weights are stored.", valueName: "format"))
    var format = Format(Int8Format())

    @Option(
        help: ArgumentHelp(
            "How the tokenizer's weights are stored; as '--format' says unless given.",
            valueName: "format"))
    var tokenizer: Format?

    @Option(
        help: ArgumentHelp(
            "How the prior's weights are stored; as '--format' says unless given.",
            valueName: "format"))
    var prior: Format?

    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        let source: ModelFolder
        do { source = try ShippedModels().folder(model) } catch {
            throw .model(error.description)
        }
        guard !isFolder(output), !isRegularFile(output) else {
            throw .usage("\(output.printable) exists; name a folder that does not")
        }
        do { try makeFolders(output.folder) } catch { throw .storage(error.description) }
        let tensors: [PackedTensor]
        var formats: [ModelPart.Role: any WeightFormat] = [:]
        for role in ModelPart.Role.allCases { formats[role] = format.format }
        if let tokenizer { formats[.tokenizer] = tokenizer.format }
        if let prior { formats[.prior] = prior.format }
        do {
            tensors = try source.packed(
                named: output.lastComponent, formats: formats, to: output
            ).tensors
        } catch {
            throw error.isStorageFault ? .storage(error.description) : .model(error.description)
        }
        try report(tensors, on: console)
        return .done
    }

    private func report(
        _ tensors: [PackedTensor], on console: Console
    ) throws(CommandFailure) {
        for tensor in tensors where reporting.json {
            try console.print(
                JSONValue.object([
                    "tensor": .string(tensor.name), "weights": .integer(tensor.weightCount),
                    "bytesBefore": .integer(tensor.byteCountBefore),
                    "bytes": .integer(tensor.byteCount),
                    "relativeError": .real(tensor.relativeError),
                ]).compactText)
        }
        let before = tensors.reduce(0) { $0 + $1.byteCountBefore }
        let after = tensors.reduce(0) { $0 + $1.byteCount }
        let worst = tensors.max { $0.relativeError < $1.relativeError }
        if reporting.json {
            try console.print(
                JSONValue.object([
                    "tensors": .integer(tensors.count), "bytesBefore": .integer(before),
                    "bytes": .integer(after), "output": .string(output),
                ]).compactText)
        } else if !reporting.quiet {
            try console.print(
                "\(tensors.count) tensors: \(before) to \(after) bytes"
                    + (worst.map {
                        ", off by at most \(fixed(100 * $0.relativeError, 2)) % (\($0.name))"
                    } ?? ""))
        }
    }
}
