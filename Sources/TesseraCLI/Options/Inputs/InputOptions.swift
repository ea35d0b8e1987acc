import ArgumentParser

/// The pictures to work on.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Pictures, folders of pictures (with their sub-folders), or '-' for standard input.",
            valueName: "in"),
        completion: .file())
    var inputs: [String]

    @Flag(help: "Stop at the first failure; without it the rest is still done.")
    var failFast = false
}
