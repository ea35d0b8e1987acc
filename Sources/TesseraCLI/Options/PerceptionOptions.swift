import ArgumentParser
import TesseraCheckpoint
import TesseraPerception

/// What compares how pictures look.
struct PerceptionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Weights of SqueezeNet v1.1 as safetensors, for a distance of features (not LPIPS).",
            valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var perceptual: String?

    /// Loads the network, if there is one.
    ///
    /// - Throws: A model failure if the file is not what is needed.
    func load() throws(CommandFailure) -> PerceptualDistance? {
        guard let perceptual else { return nil }
        do { return try PerceptualDistance(contentsOf: perceptual) } catch {
            throw .model(error.description)
        }
    }
}
