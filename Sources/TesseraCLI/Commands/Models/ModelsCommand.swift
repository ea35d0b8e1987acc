import ArgumentParser
import TesseraCheckpoint
import TesseraJSON
import TesseraJobs
import TesseraModels
import TesseraPipeline
import TesseraTokenizer

/// The models that ship.
struct ModelsCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models that ship.",
        discussion: """
            They are looked for in TESSERA_CHECKPOINTS, beside the program, and in the folders above \
            it. What '--model' takes by name is listed here.

            Example: tessera models --json
            """)

    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let shipped = ShippedModels()
        var status = ExitStatus.done
        for name in shipped.names {
            guard let path = shipped.paths[name] else { continue }
            do {
                let folder = try ModelFolder(path: path)
                let description = folder.description
                guard description.parts[.tokenizer] != nil else {
                    try show(denoiser: name, at: path, on: console)
                    continue
                }
                let traits = try folder.tokenizerTraits()
                let bits = traits.bitsPerPosition
                let psnr = description.metrics[ShippedModels.rankingData]?["psnr"]
                if reporting.json {
                    try console.print(
                        JSONValue.object([
                            "name": .string(name), "path": .string(path),
                            "quantizer": .string(traits.quantizer),
                            "bitsPerPosition": .integer(bits),
                            "prior": .boolean(description.hasPrior),
                            "psnr": psnr.map { .real($0) } ?? .null,
                        ]).compactText)
                } else {
                    let quality = psnr.map { ", \(fixed($0, 2)) dB" } ?? ""
                    let prior = description.hasPrior ? "with prior" : "no prior"
                    try console.print(
                        "\(name)  (\(bits) bits a position, \(prior)\(quality))  \(path.printable)")
                }
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                status = .model
                console.report(nil, sentence(of: error))
            }
        }
        if shipped.names.isEmpty {
            throw .model("no model was found in \(shipped.searchedFolders.joined(separator: ", "))")
        }
        return status
    }

    private func show(
        denoiser name: String, at path: String, on console: Console
    ) throws(CommandFailure) {
        guard reporting.json else {
            return try console.print("\(name)  (denoiser)  \(path.printable)")
        }
        try console.print(
            JSONValue.object([
                "name": .string(name), "path": .string(path), "denoiser": .boolean(true),
            ]).compactText)
    }
}
