import ArgumentParser
import TesseraDataset
import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs

/// The pictures of a data set: where they are, which of them, and at which size.
struct DataOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Pictures, folders with their sub-folders, tar archives (also .tar.gz), patterns such as "
                + "'a/*/b.jpg', ranges such as 'shards/{000..012}.tar', or '-' for a picture on "
                + "standard input.",
            valueName: "in"),
        completion: .file())
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the path of a picture or an archive on each line; '-' for standard input.",
            valueName: "file"),
        completion: .file())
    var list: String?

    @Option(
        help: ArgumentHelp(
            "Which image of a sample of an archive: the first of such names as 'jpg', or 'image' for KEY.image.jpg, parted by commas; or all, each as an item of its own.",
            valueName: "names"))
    var imageMember: String?

    @Option(
        help: ArgumentHelp(
            "What becomes of a picture whose label or caption cannot be read: strict fails it, lenient leaves the text out and counts it.",
            valueName: "how"))
    var sidecars = SidecarReading.lenient

    @Flag(help: "Keep what KEY.json, or a row of a table, says beside label and caption.")
    var keepFields = false

    @Flag(help: "Put the name of its archive in front of the key of each picture.")
    var archiveKeys = false

    @Flag(help: "Run inputs that begin with 'pipe:' as commands that print tar archives.")
    var allowCommands = false

    @Option(
        help: ArgumentHelp(
            "Make every picture a square with sides of so many pixels.", valueName: "pixels"))
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "How pictures become square: crop takes the middle, pad adds black bars; native, without "
                + "'--size', resizes nothing.",
            valueName: "fit"))
    var fit: PicturePreparation.Fit?

    @Option(help: ArgumentHelp("Skip pictures with a shorter side.", valueName: "pixels"))
    var minSide: Int?

    @Option(help: ArgumentHelp("Skip pictures with a longer side.", valueName: "pixels"))
    var maxSide: Int?

    @Option(
        help: ArgumentHelp(
            "Skip pictures whose longer side is more than so many times the shorter, such as 3.",
            valueName: "ratio"))
    var maxAspect: Double?

    func validate() throws {
        if inputs.isEmpty && list == nil {
            throw ValidationError(
                "there is no input; name pictures, folders or archives, or a '--list'")
        }
        if list == "-" && inputs.contains("-") {
            throw ValidationError("'-' and '--list -' both want standard input; choose one")
        }
        if let command = inputs.first(where: { $0.hasPrefix(TokenizeJob.commandPrefix) }),
            !allowCommands
        {
            throw ValidationError(
                "'\(command)' is a command; pass '--allow-commands' if it shall be run")
        }
        if let imageMember, imageMember.split(separator: ",").isEmpty {
            throw ValidationError("'--image-member' names no image")
        }
        if let size, !(1 ... 16384).contains(size) {
            throw ValidationError("'--size' is \(size), but must be from 1 to 16384")
        }
        if let fit, (fit == .native) != (size == nil) {
            throw ValidationError(
                fit == .native
                    ? "'--fit native' resizes nothing, but there is a '--size'; leave one out"
                    : "'--fit \(fit.rawValue)' needs a '--size'")
        }
        for (name, value) in [("--min-side", minSide), ("--max-side", maxSide)] {
            if let value, value < 1 {
                throw ValidationError("'\(name)' is \(value), but must be at least 1")
            }
        }
        if let maxAspect, !(maxAspect >= 1 && maxAspect.isFinite) {
            throw ValidationError("'--max-aspect' is \(maxAspect), but must be at least 1")
        }
    }

    /// How pictures, and what is said about them, are found in archives and folders.
    var samples: SampleOptions {
        var samples = SampleOptions()
        if let imageMember {
            samples.imageMember =
                imageMember == "all"
                ? .all : .named(imageMember.lowercased().split(separator: ",").map(String.init))
        }
        samples.isStrict = sidecars == .strict
        samples.keepsFields = keepFields
        samples.hasArchiveKeys = archiveKeys
        return samples
    }

    /// How pictures are prepared.
    var preparation: PicturePreparation {
        var preparation = PicturePreparation(side: size, fit: fit ?? .crop)
        preparation.minimumSide = minSide
        preparation.maximumSide = maxSide
        preparation.maximumAspect = maxAspect
        return preparation
    }

    /// Looks for the inputs; archives are not opened and commands not run.
    ///
    /// - Returns: What was found.
    /// - Throws: A usage failure when the list, or the picture on standard input, cannot be read.
    func listing() throws(CommandFailure) -> InputListing {
        let isPath = { (input: String) in
            input != "-" && !input.hasPrefix(TokenizeJob.commandPrefix)
        }
        var listing = InputListing(searching: inputs.filter(isPath))
        do throws(FileError) {
            if let list {
                listing.add(
                    list: list == "-"
                        ? try readStandardInput(limit: listByteLimit)
                        : try readBytes(path: list, limit: listByteLimit))
            }
            if inputs.contains("-") {
                let limit = DecodingLimits().maximumByteCount
                listing.add(
                    ImageItem(key: "stdin", path: "-", bytes: try readStandardInput(limit: limit)))
            }
        } catch { throw .usage(error.description) }
        listing.add(
            commands: inputs.filter { $0.hasPrefix(TokenizeJob.commandPrefix) }
                .map { String($0.dropFirst(TokenizeJob.commandPrefix.count)) })
        return listing
    }
}

/// What becomes of a picture whose texts cannot be read.
enum SidecarReading: String, CaseIterable, ExpressibleByArgument {
    case strict
    case lenient
}

/// The longest list that is read, in bytes.
private let listByteLimit = 1 << 32
