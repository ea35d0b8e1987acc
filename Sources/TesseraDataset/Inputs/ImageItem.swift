import TesseraFiles
public import TesseraImage
public import TesseraJSON

/// One picture of a data set, not read yet.
public struct ImageItem: Sendable {
    /// The name that outputs, shards and random choices know the picture by; unique in its source.
    ///
    /// For a file it is the path below the folder that was named, without the extension; it never
    /// leaves a folder that it is appended to.
    public internal(set) var key: String

    /// The class of the picture, if its data set says.
    public internal(set) var label: String?

    /// What the picture shows in words, if its data set says.
    public internal(set) var caption: String?

    /// What else its data set says about it, if that is kept.
    public internal(set) var fields: JSONObject?

    /// Where the picture is, for people.
    public let path: String

    let content: Content

    init(
        key: String, label: String? = nil, caption: String? = nil, fields: JSONObject? = nil,
        path: String, content: Content
    ) {
        self.key = key
        self.label = label
        self.caption = caption
        self.fields = fields
        self.path = path
        self.content = content
    }

    /// A picture whose bytes are in memory already.
    ///
    /// - Parameters:
    ///   - key: The name that outputs and shards know the picture by.
    ///   - path: Where it came from, for people.
    ///   - bytes: The picture, still encoded.
    public init(key: String, path: String, bytes: [UInt8]) {
        self.init(key: key, path: path, content: .memory(bytes))
    }

    enum Content {
        case file
        case memory([UInt8])
        case member(ReadFile, Range<Int>)
    }

    /// Reads the bytes of the picture, still encoded.
    ///
    /// - Parameter limits: Of which the number of bytes applies.
    /// - Returns: The content of the file or of the member.
    /// - Throws: ``DatasetError/file(_:)``.
    public func bytes(limits: DecodingLimits = DecodingLimits()) throws(DatasetError) -> [UInt8] {
        switch content {
        case .file:
            do {
                return try readBytes(path: path, limit: limits.maximumByteCount)
            } catch { throw .file(error) }
        case .memory(let bytes): return bytes
        case .member(let archive, let range):
            guard range.count <= limits.maximumByteCount else {
                throw .file(
                    .tooLong(
                        path: path, byteCount: range.count, limit: limits.maximumByteCount))
            }
            return try TesseraDataset.bytes(of: archive, range)
        }
    }
}
