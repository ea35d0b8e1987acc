import ArgumentParser

/// What can be done with a tokenized data set without decoding it.
struct TokensCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Look at a tokenized data set, clear it of duplicates, or choose a part of it.",
        discussion: """
            Works on what 'tessera tokenize' wrote, and decodes no picture.

            Example: tessera tokens stats tokens
            """,
        subcommands: [
            TokensStatsCommand.self, TokensDedupCommand.self, TokensSelectCommand.self,
        ])
}
