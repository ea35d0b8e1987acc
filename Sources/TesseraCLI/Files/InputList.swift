import TesseraDataset
import TesseraFiles
import TesseraImage

/// A picture to work on.
struct InputFile {
    /// The path to read from, or a hyphen for standard input.
    ///
    /// The name of a member of an archive follows the archive's path.
    let path: String

    /// The path below an output folder: a file's own name, or its place below the folder given.
    let relativePath: String

    /// The name that tokens know the picture by: the relative path without the ending.
    let key: String

    /// The class of the picture, if its data set says.
    let label: String?

    private let item: ImageItem?

    /// A file or a member of an archive.
    init(_ item: ImageItem) {
        self.item = item
        path = item.path
        key = item.key
        label = item.label
        // The key has the ending already where two files differ in nothing else.
        let isWhole = item.path == item.key || item.path.hasSuffix("/" + item.key)
        relativePath =
            isWhole || item.path.fileExtension.isEmpty
            ? item.key : item.key + "." + item.path.fileExtension
    }

    private init(standardInput name: String) {
        item = nil
        path = "-"
        key = name
        label = nil
        relativePath = name
    }

    /// Standard input, with a name for where one is needed.
    static let standardInput = InputFile(standardInput: "stdin")

    /// The file's name without folders and without its ending, which keys its random numbers.
    var stem: String { relativePath.fileStem }

    /// Reads the bytes of the picture, still encoded.
    ///
    /// - Returns: The content of the file.
    /// - Throws: ``DatasetError`` or ``FileError``.
    func bytes() throws -> [UInt8] {
        guard let item else {
            return try readStandardInput(limit: DecodingLimits().maximumByteCount)
        }
        return try item.bytes()
    }

    /// Reads the picture.
    ///
    /// - Returns: The decoded picture.
    /// - Throws: ``DatasetError``, ``FileError`` or ``ImageError``.
    func image() throws -> Image { try Image(bytes: bytes()) }
}

/// The pictures that a command line names, in a stable order.
struct InputList {
    /// The pictures.
    let files: [InputFile]

    /// What could not be looked at, and why.
    let failures: [(path: String, sentence: String)]

    /// Whether there is exactly one picture and the command line named it, so that its result can
    /// have any name.
    let isSingle: Bool

    /// Searches files, folders and archives.
    ///
    /// - Parameter paths: What the command line names; `-` is standard input.
    init(_ paths: [String]) {
        let source = ImageSource(searching: paths.filter { $0 != "-" })
        var files = source.items.map { InputFile($0) }
        var failures = source.faults.map(\.located)
        if paths.contains("-") { files.append(.standardInput) }
        if files.isEmpty && failures.isEmpty {
            failures = paths.map { ($0, "there is no picture in it") }
        }
        self.files = files
        self.failures = failures
        isSingle = files.count == 1 && files[0].path == paths[0] && paths.count == 1
    }
}
