import TesseraJSON

/// What all grids of a folder of token shards have in common: who made them, and how to read them.
public struct TokenOrigin: Hashable, Sendable {
    /// The version of the shards that is read and written.
    public static let format = 1

    /// The SHA-256 of the weights of the tokenizer; grids are of use with no other.
    public let model: String

    /// The name of the model, for people and to find it among those that ship.
    public let modelName: String

    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// The side of the square of pixels that one position stands for.
    public let pixelsPerToken: Int

    /// Describes grids.
    ///
    /// - Parameters:
    ///   - model: The SHA-256 of the weights of the tokenizer.
    ///   - modelName: The name of the model.
    ///   - vocabulary: The number of codes of each slot, each at most 65536.
    ///   - pixelsPerToken: The side of the square of pixels that one position stands for.
    public init(model: String, modelName: String, vocabulary: [Int], pixelsPerToken: Int) {
        precondition(
            !vocabulary.isEmpty && vocabulary.allSatisfy { (1 ... 65536).contains($0) },
            "Shards store codes of 16 bits at most, but the vocabulary is \(vocabulary)")
        precondition(pixelsPerToken > 0, "A token stands for at least one pixel")
        self.model = model
        self.modelName = modelName
        self.vocabulary = vocabulary
        self.pixelsPerToken = pixelsPerToken
    }

    /// The bytes of a stored code, 1 or 2.
    var bytesPerCode: Int { vocabulary.allSatisfy { $0 <= 256 } ? 1 : 2 }

    /// What a shard says about its grids.
    var metadata: [String: String] {
        [
            "format": String(TokenOrigin.format), "model": model, "modelName": modelName,
            "vocabulary": vocabulary.map(String.init).joined(separator: ","),
            "pixelsPerToken": String(pixelsPerToken),
        ]
    }

    /// Reads what a shard says about its grids.
    init(metadata: [String: String]) throws(ShardFault) {
        func text(_ key: String) throws(ShardFault) -> String {
            guard let text = metadata[key] else { throw .metadata(key: key) }
            return text
        }
        let format = try text("format")
        guard format == String(TokenOrigin.format) else {
            throw .format(found: format, supported: TokenOrigin.format)
        }
        let vocabulary = try text("vocabulary").split(separator: ",").map { Int($0) ?? 0 }
        guard !vocabulary.isEmpty, vocabulary.allSatisfy({ (1 ... 65536).contains($0) }) else {
            throw .metadata(key: "vocabulary")
        }
        guard let side = Int(try text("pixelsPerToken")), (1 ... 1024).contains(side) else {
            throw .metadata(key: "pixelsPerToken")
        }
        self.init(
            model: try text("model"), modelName: try text("modelName"), vocabulary: vocabulary,
            pixelsPerToken: side)
    }

    /// What a line or an archive says about its grids.
    var json: JSONValue {
        [
            "format": .integer(TokenOrigin.format), "model": .string(model),
            "modelName": .string(modelName),
            "vocabulary": .array(vocabulary.map { .integer($0) }),
            "pixelsPerToken": .integer(pixelsPerToken),
        ]
    }

    /// Reads what a line or an archive says about its grids.
    init(json: JSONValue, line: Int = 1) throws(ShardFault) {
        let object = try LineObject(json, number: line)
        let format = try object.count("format")
        guard format == TokenOrigin.format else {
            throw .format(found: String(format), supported: TokenOrigin.format)
        }
        let vocabulary = try object.counts("vocabulary", upTo: 65536)
        guard !vocabulary.isEmpty, !vocabulary.contains(0) else {
            throw .line(number: line, key: "vocabulary")
        }
        let side = try object.count("pixelsPerToken", from: 1, upTo: 1024)
        self.init(
            model: try object.text("model"), modelName: try object.text("modelName"),
            vocabulary: vocabulary, pixelsPerToken: side)
    }

    /// Checks that grids of another origin may stand beside these.
    func check(against expected: TokenOrigin) throws(ShardFault) {
        let pairs = [
            ("model hash", model, expected.model),
            ("vocabulary", "\(vocabulary)", "\(expected.vocabulary)"),
            ("pixelsPerToken", "\(pixelsPerToken)", "\(expected.pixelsPerToken)"),
        ]
        for (key, found, wanted) in pairs where found != wanted {
            throw .origin(key: key, found: found, expected: wanted)
        }
    }
}
