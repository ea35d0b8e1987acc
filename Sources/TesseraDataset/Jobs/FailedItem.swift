public import TesseraJSON
import TesseraFiles
import TesseraImage

/// An input that could not be made into tokens, and why.
public struct FailedItem: Hashable, Sendable {
    /// The key of the picture; `nil` if it is about a whole archive or folder.
    public let key: String?

    /// Where the input is.
    public let path: String

    /// The kind of the reason: a word that stays the same from version to version.
    public let code: String

    /// The reason as a sentence.
    public let sentence: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - key: The key of the picture, if it is about one.
    ///   - path: Where the input is.
    ///   - code: The kind of the reason.
    ///   - sentence: The reason.
    public init(key: String? = nil, path: String, code: String, sentence: String) {
        self.key = key
        self.path = path
        self.code = code
        self.sentence = sentence
    }

    /// Describes why a picture could not be read.
    ///
    /// - Parameters:
    ///   - item: The picture.
    ///   - error: A ``DatasetError`` or an ``ImageError``.
    public init(_ item: ImageItem, _ error: any Error) {
        switch error {
        case let error as DatasetError:
            self.init(
                key: item.key, path: item.path, code: error.code, sentence: error.located.sentence)
        case let error as ImageError:
            self.init(key: item.key, path: item.path, code: error.code, sentence: "\(error)")
        default: self.init(key: item.key, path: item.path, code: "other", sentence: "\(error)")
        }
    }

    /// Describes what could not be looked at.
    ///
    /// - Parameter error: Names the file.
    public init(_ error: DatasetError) {
        let (path, sentence) = error.located
        self.init(path: path, code: error.code, sentence: sentence)
    }

    /// What a record and `failures.jsonl` say.
    public var json: JSONValue {
        var object = JSONObject()
        object["key"] = key.map { .string($0) }
        object["path"] = .string(path)
        object["code"] = .string(code)
        object["sentence"] = .string(sentence)
        return .object(object)
    }

    init(json: JSONValue, line: Int) throws(ShardFault) {
        let object = try LineObject(json, number: line)
        self.init(
            key: try object.optionalText("key"), path: try object.text("path"),
            code: try object.text("code"), sentence: try object.text("sentence"))
    }
}
