import ArgumentParser
import TesseraImage
import TesseraPipeline

/// What is missing from the pictures.
struct MaskOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A mask, '-' for standard input, or a folder of masks with the names of the inputs.",
            valueName: "mask"),
        completion: .file())
    var mask: String

    @Option(
        help: ArgumentHelp(
            "Which pixels of the mask are filled; opaque for what is painted on a transparent layer.",
            valueName: "pixels"))
    var maskPolarity = MaskPolarity.white

    @Option(
        help: ArgumentHelp(
            "How many pixels holes are widened by on every side; unless given, "
                + "\(MaskPicture.softMargin) for a mask with soft edges and 0 for others.",
            valueName: "pixels"))
    var maskGrow: Int?

    @Flag(help: "Stretch a mask of another size over the picture, rather than refuse it.")
    var maskResize = false

    @Flag(
        help:
            "Turn the mask as the EXIF tag of its picture says, if it was painted on the unturned one."
    )
    var maskTurn = false

    /// Looks at what says which pixels are filled.
    ///
    /// - Throws: A usage failure when there is no mask, or the one for all cannot be read.
    var holes: MaskSource {
        get throws(CommandFailure) {
            try MaskSource(
                mask, polarity: maskPolarity, isStretched: maskResize, isTurned: maskTurn)
        }
    }

    func validate() throws {
        if let maskGrow, !(0 ... 1000).contains(maskGrow) {
            throw ValidationError("'--mask-grow' is \(maskGrow), but must be from 0 to 1000")
        }
    }
}
