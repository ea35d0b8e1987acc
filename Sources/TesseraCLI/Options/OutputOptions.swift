import ArgumentParser
import TesseraFiles
import TesseraImage
import TesseraJobs

/// Where pictures go and how they are stored.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where results go: a file for a single input, '-' for standard output, or a folder.",
            valueName: "out"),
        completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "The format to write; that of the input unless given.", valueName: "format"))
    var format: ImageFormat?

    @Option(help: ArgumentHelp("The quality of a JPEG, 1 to 100.", valueName: "n"))
    var quality = 92

    @Option(
        help: ArgumentHelp(
            "What shows through transparent places of a JPEG, which has no alpha: white, black, or six hexadecimal "
                + "digits such as ff8000.", valueName: "colour"))
    var background: Background = .white

    @Flag(help: "Replace files that exist.")
    var overwrite = false

    @Flag(help: "Keep files that exist and do only what is missing.")
    var skipExisting = false

    @Flag(help: "Do not store in the picture how it was made.")
    var noMetadata = false

    func validate() throws {
        if !(1 ... 100).contains(quality) {
            throw ValidationError("'--quality' is \(quality), but must be from 1 to 100")
        }
        if overwrite && skipExisting {
            throw ValidationError("'--overwrite' and '--skip-existing' exclude each other")
        }
    }

    /// How files are encoded.
    var encoding: EncodingOptions {
        var options = EncodingOptions()
        options.quality = quality
        options.background = background.colour
        options.replacesFile = overwrite
        return options
    }

    /// Checks before any work that a picture, or a folder of pictures, can be written where the option says.
    ///
    /// - Throws: A usage failure for the name of a format that is not written, a storage failure for a place
    ///   that cannot be written.
    func checkPlace() throws(CommandFailure) {
        if !isFolder(output), let name = ImageFormat.unwrittenExtension(of: output) {
            throw .usage(
                "'\(output)': \(ImageError.unknownExtension(name)); "
                    + "a folder of that name is written '\(output)/'")
        }
        let isPicture = !isFolder(output) && (try? ImageFormat(path: output)) != nil
        try TesseraCLI.checkPlace(isPicture ? output : output + "/result")
    }

    /// The paths that several results of a single input have.
    func paths(resultCount: Int) -> [String] {
        var place = place
        place.resultCount = resultCount
        return (0 ..< resultCount).map { place.numbered(output, $0) }
    }

    /// Where results go; a hyphen is standard output.
    var place: PictureOutput {
        var place = PictureOutput(path: output == "-" ? nil : output)
        place.format = format
        place.encoding = encoding
        place.isSkipping = skipExisting
        return place
    }
}

/// Checks before any work that a file can be written.
///
/// - Parameter path: The file, which need not exist, nor need its folder.
/// - Throws: A storage failure.
func checkPlace(_ path: String) throws(CommandFailure) {
    do { try checkWritable(path) } catch { throw .storage(error.description) }
}
