public import TesseraJSON
public import TesseraImage
import TesseraTokenizer

/// The version of Tessera, as the command prints it and recipes note it.
public let tesseraVersion = "0.1.0"

/// How a picture was made: enough to make it again from the same input.
///
/// It travels in the PNG as text under ``keyword``. It names no files: those are private.
public struct Recipe: Sendable {
    /// The keyword of the text entry.
    public static let keyword = "tessera"

    /// The command, such as `inpaint`.
    public var command: String

    /// The name and the weights of the model; none for what asks none.
    public var model: Model?

    /// The operator that was inverted, such as `sr4`; none for commands that invert nothing.
    public var operatorName: String?

    /// The options that change the result.
    public var options: JSONObject

    /// The seed of all randomness; none for commands that draw nothing.
    public var seed: UInt64?

    /// Writes a recipe down.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - model: The model, if one was asked.
    ///   - operatorName: The operator that was inverted.
    ///   - options: The options that change the result.
    ///   - seed: The seed of all randomness.
    public init(
        command: String, model: Model?, operatorName: String? = nil, options: JSONObject = [:],
        seed: UInt64? = nil
    ) {
        self.command = command
        self.model = model
        self.operatorName = operatorName
        self.options = options
        self.seed = seed
    }

    /// The recipe as JSON.
    public var json: JSONValue {
        var object: JSONObject = [
            "version": .string(tesseraVersion), "command": .string(command),
        ]
        if let model {
            var weights = JSONObject()
            weights["name"] = .string(model.name)
            for hash in model.hashes { weights[hash.role] = .string(hash.sha256) }
            weights["decoder"] = .string(model.decodingObjective.rawValue)
            object["model"] = .object(weights)
        }
        if let operatorName { object["operator"] = .string(operatorName) }
        if !options.members.isEmpty { object["options"] = .object(options) }
        if let seed { object["seed"] = Recipe.json(ofSeed: seed) }
        return .object(object)
    }

    /// A seed as JSON, whose whole numbers are signed here: a larger seed is written as text.
    ///
    /// - Parameter seed: The seed.
    /// - Returns: A whole number or a text.
    public static func json(ofSeed seed: UInt64) -> JSONValue {
        Int(exactly: seed).map { .integer($0) } ?? .string(String(seed))
    }

    /// The recipe as a text that travels with a picture.
    public var textEntry: TextEntry {
        TextEntry(keyword: Recipe.keyword, value: json.compactText)
    }
}
