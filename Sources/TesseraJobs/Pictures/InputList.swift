import TesseraDataset
import TesseraFiles
public import TesseraImage

/// A picture to work on.
public struct InputFile: Sendable {
    /// The path to read from, for people.
    ///
    /// The name of a member of an archive follows the archive's path.
    public let path: String

    /// The path below an output folder: a file's own name, or its place below the folder given.
    public let relativePath: String

    /// The name that tokens know the picture by: the relative path without the extension.
    public let key: String

    /// The class of the picture, if its data set says.
    public let label: String?

    private let read: @Sendable () throws -> [UInt8]

    /// A file or a member of an archive.
    init(_ item: ImageItem) {
        read = { try item.bytes() }
        path = item.path
        key = item.key
        label = item.label
        // The key has the extension already where two files differ in nothing else.
        let isWhole = item.path == item.key || item.path.hasSuffix("/" + item.key)
        relativePath =
            isWhole || item.path.fileExtension.isEmpty
            ? item.key : item.key + "." + item.path.fileExtension
    }

    /// A picture that is in no file of its own.
    ///
    /// - Parameters:
    ///   - name: Its name, which keys its random numbers and names its result.
    ///   - path: Where it comes from, for people.
    ///   - read: Reads its bytes, still encoded; on any thread.
    public init(
        name: String, path: String, reading read: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.read = read
        self.path = path
        key = name
        label = nil
        relativePath = name
    }

    /// The file's name without folders and without its extension, which keys its random numbers.
    public var stem: String { relativePath.fileStem }

    /// Reads the bytes of the picture, still encoded.
    ///
    /// - Returns: The content of the file.
    /// - Throws: `DatasetError`, `FileError`, or what the picture's reader throws.
    public func bytes() throws -> [UInt8] { try read() }

    /// Reads the picture.
    ///
    /// - Returns: The decoded picture.
    /// - Throws: What ``bytes()`` throws, or `ImageError`.
    public func image() throws -> Image { try Image(bytes: bytes()) }
}

/// The pictures of files, folders and archives, in a stable order.
public struct InputList: Sendable {
    /// The pictures.
    public let files: [InputFile]

    /// What could not be looked at, and why.
    public let failures: [(path: String, sentence: String)]

    /// Whether there is exactly one picture and it was named itself, so that its result can have any
    /// name.
    public let isSingle: Bool

    /// Searches files, folders and archives.
    ///
    /// - Parameters:
    ///   - paths: Files, folders and archives.
    ///   - standardInput: The picture that a path of `-` stands for; it comes last. `nil` if such a path
    ///     is one as any other.
    public init(_ paths: [String], standardInput: InputFile? = nil) {
        let source = ImageSource(
            searching: standardInput == nil ? paths : paths.filter { $0 != "-" })
        var files = source.items.map { InputFile($0) }
        var failures = source.faults.map(\.located)
        if let standardInput, paths.contains("-") { files.append(standardInput) }
        if files.isEmpty && failures.isEmpty {
            failures = paths.map { ($0, "there is no picture in it") }
        }
        self.files = files
        self.failures = failures
        isSingle = files.count == 1 && paths.count == 1 && files[0].path == paths[0]
    }
}
