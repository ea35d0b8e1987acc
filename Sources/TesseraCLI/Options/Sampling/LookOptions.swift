import ArgumentParser
import TesseraInverse
import TesseraPipeline

/// How restored pictures look.
struct LookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From the least error (faithful) over natural to the most texture (sharp), or a number "
                + "from 0 to 1; sharp draws details that are likely, not what was there. For "
                + "pictures that a denoiser restores; faithful unless given.",
            valueName: "look"))
    var look: Look?

    /// Checks that a denoiser can give pictures the look.
    ///
    /// - Parameter denoiser: What restores them.
    /// - Throws: A usage failure if it has no sharpener, and one is needed.
    func check(_ denoiser: LoadedDenoiser) throws(CommandFailure) {
        guard let look, look != .faithful, denoiser.network.sharpener == nil else { return }
        throw .usage(
            "'--look \(look.name)' needs a sharpener, and the denoiser '\(denoiser.name)' has none")
    }
}
