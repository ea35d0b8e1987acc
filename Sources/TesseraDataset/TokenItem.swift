import TesseraCheckpoint
import TesseraFiles

/// What a shard says about one picture beside its tokens.
public struct TokenItem: Hashable, Sendable {
    /// The name of the picture, which can be that of a file below a folder.
    public let key: String

    /// The class of the picture, if its data set said.
    public let label: String?

    /// The width of the picture in pixels.
    public let width: Int

    /// The height of the picture in pixels.
    public let height: Int

    /// Describes a picture.
    ///
    /// - Parameters:
    ///   - key: The name of the picture.
    ///   - label: The class of the picture.
    ///   - width: The width in pixels, at least 1.
    ///   - height: The height in pixels, at least 1.
    public init(key: String, label: String? = nil, width: Int, height: Int) {
        precondition(isSafe(key: key), "The key '\(key)' would leave its folder")
        precondition(width > 0 && height > 0, "A picture has at least one pixel")
        self.key = key
        self.label = label
        self.width = width
        self.height = height
    }

    /// The line of a shard's texts.
    var line: String {
        var object: JSONObject = ["key": .string(key)]
        object["label"] = label.map { .string($0) }
        object["width"] = .integer(width)
        object["height"] = .integer(height)
        return JSONValue.object(object).compactText + "\n"
    }

    /// Reads a line of a shard's texts.
    init(json: JSONValue, number: Int) throws(ShardFault) {
        guard case .object(let object) = json, case .string(let key) = object["key"] else {
            throw .line(number: number, key: "key")
        }
        guard isSafe(key: key) else { throw .unsafeKey(key) }
        switch object["label"] {
        case nil, .null: label = nil
        case .string(let text): label = text
        default: throw .line(number: number, key: "label")
        }
        guard case .integer(let width) = object["width"], width > 0 else {
            throw .line(number: number, key: "width")
        }
        guard case .integer(let height) = object["height"], height > 0 else {
            throw .line(number: number, key: "height")
        }
        self.key = key
        self.width = width
        self.height = height
    }
}

/// The longest text file of a folder of shards that is read, in bytes.
private let linesByteLimit = 1 << 30

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
