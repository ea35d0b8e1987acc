import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraPipeline
import TesseraTokens

/// Pictures to tokens and back.
struct ReconstructCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconstruct",
        abstract: "Turn pictures into tokens and back.",
        discussion: """
            Shows what a tokenizer keeps of a picture. Depth, alpha, colour profile and format stay.

            Example: tessera reconstruct photos -o rebuilt --model photo-binary
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var model: ModelOptions
    @OptionGroup var decoder: DecoderOptions
    @OptionGroup var reporting: ReportingOptions

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let batch = try PictureBatch(
            on: console, reporting: reporting, input: input, output: output)
        let model = try self.model.load(needsPrior: false, decodingFor: decoder.objective)
        let recipe = Recipe(command: "reconstruct", model: model)
        return try batch.run { job in
            var (image, tokens) = model.reconstruct(job.image)
            if !output.noMetadata { image.text = [recipe.textEntry] }
            let bits = bitsPerPixel(
                positionCount: tokens.positionCount, vocabulary: tokens.vocabulary,
                height: image.height, width: image.width)
            return (
                image,
                [
                    "tokens": .array([.integer(tokens.height), .integer(tokens.width)]),
                    "bitsPerPixel": .real(bits),
                ]
            )
        }
    }
}
