import TesseraJSON
import Glibc
import TesseraFiles

/// A folder with `model.json` and the weight files that it names.
///
/// The description is read and checked at once. Weight files are opened when they are asked for,
/// and only if their hash is the one in the description: a file that was cut short by a copy, or
/// that belongs to another model, does not load.
public struct ModelFolder: Sendable {
    /// The name of the description inside the folder.
    public static let descriptionName = "model.json"

    /// The longest description that is read, in bytes; those that ship have some thousand.
    static let descriptionByteLimit = 1 << 20

    /// The path of the folder.
    public let path: String

    /// What the folder says about its model.
    public let description: ModelDescription

    /// Reads the description of a model.
    ///
    /// - Parameter path: The path of the folder.
    /// - Throws: ``CheckpointError`` if there is no description, or it is not what the schema asks.
    public init(path: String) throws(CheckpointError) {
        let file = path + "/" + ModelFolder.descriptionName
        let bytes: [UInt8]
        do {
            bytes = try readBytes(path: file, limit: ModelFolder.descriptionByteLimit)
        } catch { throw .file(error) }
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes) } catch { throw .json(path: file, error) }
        do {
            description = try ModelDescription(json: json)
        } catch { throw .model(path: file, error) }
        self.path = path
    }

    /// A folder whose description is known to be right.
    init(path: String, description: ModelDescription) {
        self.path = path
        self.description = description
    }

    /// Opens the weights of a part.
    ///
    /// - Parameter role: What the part does.
    /// - Returns: A file whose hash is the one in the description.
    /// - Throws: ``CheckpointError``, of which ``ModelFault/noPart(_:)`` says that there is no such part.
    public func weights(of role: ModelPart.Role) throws(CheckpointError) -> SafetensorsFile {
        try verified(try part(role).file)
    }

    /// What the folder says about a part.
    ///
    /// - Parameter role: What the part does.
    /// - Returns: The part.
    /// - Throws: ``ModelFault/noPart(_:)`` if there is no such part.
    public func part(_ role: ModelPart.Role) throws(CheckpointError) -> ModelPart {
        guard let part = description.parts[role] else { throw .model(path: path, .noPart(role)) }
        return part
    }

    /// Maps a weight file, compares its hash, and checks its header.
    private func verified(
        _ weights: ModelPart.WeightFile
    ) throws(CheckpointError) -> SafetensorsFile {
        let weightPath = path + "/" + weights.name
        let file: MappedFile
        do { file = try MappedFile(path: weightPath) } catch { throw .file(error) }
        let found = SHA256.hexDigest(of: file.bytes)
        guard found == weights.sha256 else {
            throw .model(
                path: path, .hash(file: weights.name, found: found, expected: weights.sha256))
        }
        return try SafetensorsFile(file: file, path: weightPath)
    }
}
