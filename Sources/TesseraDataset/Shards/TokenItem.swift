public import TesseraJSON
import TesseraFiles

/// What a shard says about one picture beside its tokens.
public struct TokenItem: Hashable, Sendable {
    /// The name of the picture, which can be that of a file below a folder.
    public let key: String

    /// The class of the picture, if its data set said.
    public let label: String?

    /// What the picture shows in words, if its data set said.
    public let caption: String?

    /// The width in pixels of the picture that the tokens stand for.
    public let width: Int

    /// The height in pixels of the picture that the tokens stand for.
    public let height: Int

    /// The size in pixels that the picture had before it was resized, if it was.
    public let sourceSize: PixelSize?

    /// What else its data set says about it, if that is kept.
    public let fields: JSONObject?

    /// Describes a picture.
    ///
    /// - Parameters:
    ///   - key: The name of the picture.
    ///   - label: The class of the picture.
    ///   - caption: What it shows in words.
    ///   - width: The width in pixels, at least 1.
    ///   - height: The height in pixels, at least 1.
    ///   - sourceSize: The size before it was resized, if it was.
    ///   - fields: What else its data set says about it.
    public init(
        key: String, label: String? = nil, caption: String? = nil, width: Int, height: Int,
        sourceSize: PixelSize? = nil, fields: JSONObject? = nil
    ) {
        precondition(isSafe(key: key), "The key '\(key)' would leave its folder")
        precondition(width > 0 && height > 0, "A picture has at least one pixel")
        self.key = key
        self.label = label
        self.caption = caption
        self.width = width
        self.height = height
        self.sourceSize = sourceSize
        self.fields = fields
    }

    /// What is said about the picture.
    var json: JSONValue {
        var object: JSONObject = ["key": .string(key)]
        object["label"] = label.map { .string($0) }
        object["caption"] = caption.map { .string($0) }
        object["width"] = .integer(width)
        object["height"] = .integer(height)
        object["sourceWidth"] = sourceSize.map { .integer($0.width) }
        object["sourceHeight"] = sourceSize.map { .integer($0.height) }
        object["fields"] = fields.map { .object($0) }
        return .object(object)
    }

    /// The line of a shard's texts.
    var line: String { json.compactText + "\n" }

    /// Reads a line of a shard's texts.
    init(json: JSONValue, number: Int) throws(ShardFault) {
        guard case .object(let object) = json, case .string(let key) = object["key"] else {
            throw .line(number: number, key: "key")
        }
        guard isSafe(key: key) else { throw .unsafeKey(key) }
        func text(_ name: String) throws(ShardFault) -> String? {
            switch object[name] {
            case nil, .null: return nil
            case .string(let text): return text
            default: throw .line(number: number, key: name)
            }
        }
        func side(_ name: String) throws(ShardFault) -> Int {
            guard case .integer(let side) = object[name], side > 0 else {
                throw .line(number: number, key: name)
            }
            return side
        }
        switch object["fields"] {
        case nil: fields = nil
        case .object(let object)?: fields = object
        default: throw .line(number: number, key: "fields")
        }
        self.key = key
        label = try text("label")
        caption = try text("caption")
        width = try side("width")
        height = try side("height")
        sourceSize =
            object["sourceWidth"] == nil
            ? nil : PixelSize(width: try side("sourceWidth"), height: try side("sourceHeight"))
    }
}

/// The size of a picture in pixels.
public struct PixelSize: Hashable, Sendable {
    /// The width in pixels.
    public let width: Int

    /// The height in pixels.
    public let height: Int

    /// Makes a size from its sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// The longest text file of a folder of shards that is read, in bytes.
private let linesByteLimit = 1 << 30

/// The number of lines of a text, each of which ends.
func lineCount(path: String) throws(DatasetError) -> Int {
    do {
        return try readBytes(path: path, limit: linesByteLimit).count { $0 == UInt8(ascii: "\n") }
    } catch { throw .file(error) }
}

/// Reads a file of one JSON value a line.
func readLines<Line>(
    path: String, _ line: (JSONValue, Int) throws(ShardFault) -> Line
) throws(DatasetError) -> [Line] {
    let bytes: [UInt8]
    do {
        bytes = try readBytes(path: path, limit: linesByteLimit)
    } catch { throw .file(error) }
    var lines: [Line] = []
    for (index, text) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(text)) } catch {
            throw .json(path: path, error)
        }
        do { lines.append(try line(json, index + 1)) } catch { throw .shard(path: path, error) }
    }
    return lines
}
