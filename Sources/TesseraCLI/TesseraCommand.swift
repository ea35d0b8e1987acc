import ArgumentParser
import TesseraPipeline

/// The root of the command.
struct TesseraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tessera",
        abstract: "Turn pictures into discrete tokens and back, and restore damaged ones.",
        discussion: """
            Take something out of a photograph, restore one, make a data set of tokens:
              tessera inpaint photo.jpg --mask hole.png -o whole.png
              tessera restore small.png --task sr4 -o large.png
              tessera tokenize photos -o tokens

            Pictures are PNG or JPEG files, or folders of them. Every command explains itself with \
            an example: tessera help inpaint.

            Exit codes: 0 all done, 1 some items were not, 2 usage, 3 model, 4 storage, \
            130 and 143 interrupted.
            """,
        version: tesseraVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Pictures",
                subcommands: [
                    ReconstructCommand.self, InpaintCommand.self, RestoreCommand.self,
                    GenerateCommand.self,
                ]),
            CommandGroup(
                name: "Tokens",
                subcommands: [
                    TokenizeCommand.self, DetokenizeCommand.self, TokensCommand.self,
                ]),
            CommandGroup(
                name: "Measuring",
                subcommands: [
                    EvaluateCommand.self, ExperimentCommand.self, DegradeCommand.self,
                    SheetCommand.self,
                ]),
            CommandGroup(
                name: "Models",
                subcommands: [
                    InspectCommand.self, ModelsCommand.self, PackCommand.self, FitBinsCommand.self,
                ]),
        ])
}
