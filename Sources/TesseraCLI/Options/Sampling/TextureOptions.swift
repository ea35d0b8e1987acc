import ArgumentParser
import TesseraJSON
import TesseraPipeline

/// Where the texture of filled holes comes from.
struct TextureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the texture of filled holes comes from: pixels copied from elsewhere in the "
                + "picture (exemplar), the model (model), or what suits each hole (auto): copies "
                + "where it is wide and enough of the picture is known, else the model.",
            valueName: "texture"))
    var texture = HoleTexture.auto

    @Option(
        help: ArgumentHelp(
            "From how far around a hole pixels are copied; as far as helps unless given.",
            valueName: "pixels"))
    var sourceRadius: Int?

    @Option(
        help: ArgumentHelp(
            "A mask, or a folder of masks with the names of the inputs, whose white pixels are never "
                + "copied into a hole.", valueName: "mask"),
        completion: .file())
    var avoid: String?

    func validate() throws {
        if let sourceRadius, !(1 ... 65_536).contains(sourceRadius) {
            throw ValidationError(
                "'--source-radius' is \(sourceRadius), but must be from 1 to 65536")
        }
    }

    /// Looks at what says which pixels are not copied; `nil` if nothing does.
    ///
    /// - Parameter masking: Whether masks of other sizes are stretched over the pictures, and whether they
    ///   are turned as the pictures are.
    /// - Returns: The masks.
    /// - Throws: A usage failure when there is no mask, or the one for all cannot be read.
    func avoided(like masking: MaskOptions) throws(CommandFailure) -> MaskSource? {
        guard let avoid else { return nil }
        return try MaskSource(
            avoid, isStretched: masking.maskResize, isTurned: masking.maskTurn)
    }

    /// What a recipe says of them.
    var metadata: JSONObject {
        var metadata: JSONObject = ["texture": .string(texture.rawValue)]
        metadata["sourceRadius"] = sourceRadius.map { .integer($0) }
        if avoid != nil { metadata["avoid"] = true }
        return metadata
    }
}
