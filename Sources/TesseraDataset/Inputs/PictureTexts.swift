import TesseraJSON
import TesseraFiles

/// What the files beside a picture say about it: `KEY.json`, `KEY.cls` and `KEY.txt`.
///
/// The label is that of the JSON or the text of `KEY.cls`, the caption that of the JSON or the text of
/// `KEY.txt`.
struct PictureTexts {
    /// The longest JSON or text of a picture that is read, in bytes.
    static let byteLimit = 1 << 20

    /// The extensions of files that describe a picture.
    static let extensions: Set<String> = ["json", "cls", "txt"]

    private(set) var label: String?
    private(set) var caption: String?

    /// What the JSON says besides, if it is kept.
    private(set) var fields: JSONObject?

    /// Whether there is more than a text beside the picture: its folder then is no class.
    private(set) var describesPicture = false

    /// What could not be read, unless that is an error.
    private(set) var faults: [DatasetError] = []

    private let options: SampleOptions

    /// Reads what there is.
    ///
    /// - Parameters:
    ///   - options: Whether what cannot be read is an error, and whether fields are kept.
    ///   - read: Reads the file with an extension, if there is one.
    /// - Throws: ``DatasetError`` where options are strict.
    init(
        _ options: SampleOptions,
        read: (String) throws(DatasetError) -> (bytes: [UInt8], path: String)?
    ) throws(DatasetError) {
        self.options = options
        try attempt { (texts) throws(DatasetError) in
            if let (bytes, path) = try read("json") { try texts.add(json: bytes, path: path) }
        }
        if label == nil { label = try text("cls", read) }
        if caption == nil { caption = try text("txt", read) }
    }

    /// Checks that a file is not too long to be read.
    static func checkLength(_ count: Int, path: String) throws(DatasetError) {
        guard count <= byteLimit else {
            throw .file(.tooLong(path: path, byteCount: count, limit: byteLimit))
        }
    }

    /// Adds what the row of a table says, where nothing else did.
    mutating func add(row: JSONObject, path: String) throws(DatasetError) {
        let (label, caption, fields) = (label, caption, fields)
        var row = row
        if row["caption"] == nil, let text = row["text"] {
            (row["caption"], row["text"]) = (text, nil)
        }
        try attempt { (texts) throws(DatasetError) in try texts.add(row, path: path) }
        describesPicture = true
        self.label = label ?? self.label
        self.caption = caption ?? self.caption
        self.fields = fields ?? self.fields
    }

    /// Notes what is wrong, or throws it where options are strict.
    mutating func note(_ error: DatasetError) throws(DatasetError) {
        guard !options.isStrict else { throw error }
        faults.append(error)
    }

    private mutating func attempt(
        _ body: (inout PictureTexts) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        do { try body(&self) } catch { try note(error) }
    }

    private mutating func text(
        _ fileExtension: String,
        _ read: (String) throws(DatasetError) -> (bytes: [UInt8], path: String)?
    ) throws(DatasetError) -> String? {
        var result: String?
        try attempt { (texts) throws(DatasetError) in
            guard let (bytes, path) = try read(fileExtension) else { return }
            let text = withoutMark(bytes)
            result = String(decoding: text.last == 10 ? text.dropLast() : text, as: UTF8.self)
            guard String(validating: text, as: UTF8.self) != nil else {
                throw .item(path: path, .encoding)
            }
        }
        return result
    }

    private mutating func add(json bytes: [UInt8], path: String) throws(DatasetError) {
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(withoutMark(bytes))) } catch {
            throw .json(path: path, error)
        }
        guard case .object(let object) = json else { return }
        describesPicture = ["key", "label", "caption"].contains { object[$0] != nil }
        try add(object, path: path)
    }

    private mutating func add(_ object: JSONObject, path: String) throws(DatasetError) {
        // A caption is free text; whatever else a data set calls so is left alone.
        if case .string(let text)? = object["caption"] { caption = text }
        let found = object["label"]
        switch found {
        case .string(let text)?: label = text
        case .integer(let number)?: label = String(number)
        default: break
        }
        if options.keepsFields {
            let taken = [label == nil ? nil : "label", caption == nil ? nil : "caption"]
            let rest = object.members.filter { !taken.contains($0.name) }
            if !rest.isEmpty { fields = JSONObject(uniqueMembers: rest) }
        }
        guard label != nil || found == nil || found == .null else {
            throw .item(path: path, .label(found: found?.compactText ?? ""))
        }
    }
}

/// A text without the mark that some programs put in front of UTF-8.
private func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
}
