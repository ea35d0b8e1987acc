import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraJobs
import TesseraPipeline

/// The masks of a run: one for all pictures, or one for each by its name.
struct MaskSource {
    /// The files that are read.
    let paths: [String]

    private let polarity: MaskPolarity
    private let isStretched: Bool
    private let isTurned: Bool
    private let byStem: [String: String]
    private var shared: Image?

    /// A mask of a picture's size, and what may be wrong with it.
    struct Found {
        /// The mask.
        let mask: MaskPicture

        /// What the user may not expect; `nil` for nothing.
        let note: String?
    }

    /// Looks at what a command line names.
    ///
    /// - Parameters:
    ///   - path: A mask, a folder of masks, or `-` for a mask on standard input.
    ///   - polarity: Which of their pixels are meant.
    ///   - isStretched: Whether masks of other sizes are stretched over the pictures.
    ///   - isTurned: Whether masks are turned as the EXIF tags of their pictures say.
    /// - Throws: A usage failure when there is no mask, or the one for all cannot be read.
    init(
        _ path: String, polarity: MaskPolarity = .white, isStretched: Bool, isTurned: Bool = false
    ) throws(CommandFailure) {
        self.polarity = polarity
        self.isStretched = isStretched
        self.isTurned = isTurned
        if isFolder(path) {
            let list = InputList(arguments: [path])
            paths = list.files.map(\.path)
            // The path inside the folder without its extension, so that sub-folders have masks too.
            byStem = Dictionary(
                list.files.map { ($0.relativePath.withoutExtension, $0.path) }
            ) { first, _ in first }
            if let failure = list.failures.first {
                throw .usage("\(failure.path): \(failure.sentence)")
            }
        } else {
            paths = path == "-" ? [] : [path]
            byStem = [:]
            do {
                shared =
                    path == "-"
                    ? try Image(
                        bytes: readStandardInput(limit: DecodingLimits().maximumByteCount))
                    : try Image(contentsOf: path)
            } catch {
                throw .usage("\(path): \(error)")
            }
        }
    }

    /// The mask of a picture.
    ///
    /// - Parameters:
    ///   - file: The picture's file.
    ///   - width: The picture's width in pixels, upright.
    ///   - height: The picture's height in pixels, upright.
    ///   - orientation: How the picture was turned to stand upright.
    /// - Returns: A mask of the picture's size.
    /// - Throws: A failure when there is none, or it has another size and may not be stretched.
    func mask(
        for file: InputFile, width: Int, height: Int, orientation: Orientation
    ) throws -> Found {
        var (image, path) = try picture(for: file)
        if isTurned { image = image.turned(orientation) }
        let isTurnedPicture = orientation != .upright && !isTurned
        let (storedWidth, storedHeight) =
            orientation.swapsSides ? (height, width) : (width, height)
        let fitsStored = image.width == storedWidth && image.height == storedHeight
        if image.width == width && image.height == height {
            let note =
                isTurnedPicture && fitsStored
                ? "the picture is turned by its EXIF tag, and the mask is taken to be of the turned one; "
                    + "pass --mask-turn if it was painted on the picture as it is stored" : nil
            return Found(mask: MaskPicture(image, polarity: polarity), note: note)
        }
        guard !(isTurnedPicture && fitsStored && !isStretched) else {
            throw JobError.item(
                "the picture is turned by its EXIF tag and stands \(width) x \(height) pixels; the mask "
                    + "'\(path)' fits it as it is stored, \(image.width) x \(image.height); pass --mask-turn "
                    + "to turn the mask likewise")
        }
        guard isStretched else {
            throw JobError.item(
                "the mask '\(path)' is \(image.width) x \(image.height) pixels, but the picture is "
                    + "\(width) x \(height); make them the same size, or pass --mask-resize")
        }
        let note =
            isTurnedPicture && fitsStored
            ? "the picture is turned by its EXIF tag, and the mask, which fits it as it is stored, is "
                + "squeezed; pass --mask-turn to turn it likewise" : nil
        return Found(
            mask: MaskPicture(image, polarity: polarity).resized(toHeight: height, width: width),
            note: note)
    }

    /// The mask picture that belongs to a picture, and its path.
    private func picture(for file: InputFile) throws -> (image: Image, path: String) {
        if let shared { return (shared, paths.first ?? "-") }
        guard let own = byStem[file.relativePath.withoutExtension] ?? byStem[file.stem] else {
            throw JobError.item(
                "no mask has the name '\(file.stem)'; add one to the folder of masks")
        }
        return (try Image(contentsOf: own), own)
    }
}
