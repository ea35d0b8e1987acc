import ArgumentParser
import TesseraCheckpoint
import TesseraModels
import TesseraPipeline
import TesseraTensor

/// Which denoiser says what images are like pixel by pixel.
struct DenoiserOptions: ParsableArguments {
    /// The word for no denoiser.
    private static let none = "none"

    @Option(
        help: ArgumentHelp(
            "A folder with a denoiser, the name of one that ships, or none; the one that ships unless given.",
            valueName: "folder|name|none"),
        completion: .directory)
    var denoiser: String?

    /// Loads the denoiser.
    ///
    /// - Parameter precision: The format in which its layers multiply.
    /// - Returns: The denoiser; `nil` if there is to be none, or none was named and none ships.
    /// - Throws: A model failure.
    func load(precision: Precision) throws(CommandFailure) -> LoadedDenoiser? {
        guard denoiser != Self.none else { return nil }
        let shipped = ShippedModels()
        do {
            let named = try denoiser.map { (name) throws(CheckpointError) in
                try shipped.folder(name)
            }
            return try (named ?? shipped.denoiser()).map { (folder) throws(CheckpointError) in
                LoadedDenoiser(
                    network: try folder.loadDenoiser(precision: precision), folder: folder)
            }
        } catch { throw .model(error.description) }
    }
}
