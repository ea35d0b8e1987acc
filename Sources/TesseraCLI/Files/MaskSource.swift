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
    private let byStem: [String: String]
    private var shared: MaskPicture?

    /// Looks at what a command line names.
    ///
    /// - Parameters:
    ///   - path: A mask, or a folder of masks.
    ///   - polarity: Which of their pixels are meant.
    ///   - isStretched: Whether masks of other sizes are stretched over the pictures.
    /// - Throws: A usage failure when there is no mask, or the one for all cannot be read.
    init(
        _ path: String, polarity: MaskPolarity = .white, isStretched: Bool
    ) throws(CommandFailure) {
        self.polarity = polarity
        self.isStretched = isStretched
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
            paths = [path]
            byStem = [:]
            do {
                shared = MaskPicture(try Image(contentsOf: path), polarity: polarity)
            } catch {
                throw .usage("\(path): \(error)")
            }
        }
    }

    /// The mask of a picture.
    ///
    /// - Parameters:
    ///   - file: The picture's file.
    ///   - width: The picture's width in pixels.
    ///   - height: The picture's height in pixels.
    /// - Returns: A mask of the picture's size.
    /// - Throws: A failure when there is none, or it has another size and may not be stretched.
    func mask(for file: InputFile, width: Int, height: Int) throws -> MaskPicture {
        var mask: MaskPicture
        let path: String
        if let shared {
            mask = shared
            path = paths[0]
        } else {
            guard let own = byStem[file.relativePath.withoutExtension] ?? byStem[file.stem] else {
                throw JobError.item(
                    "no mask has the name '\(file.stem)'; add one to the folder of masks")
            }
            mask = MaskPicture(try Image(contentsOf: own), polarity: polarity)
            path = own
        }
        if isStretched { mask = mask.resized(toHeight: height, width: width) }
        guard mask.width == width && mask.height == height else {
            throw JobError.item(
                "the mask '\(path)' is \(mask.width) x \(mask.height) pixels, but the picture is "
                    + "\(width) x \(height); make them the same size, or pass --mask-resize")
        }
        return mask
    }
}
