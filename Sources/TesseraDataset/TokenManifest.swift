import Glibc
import TesseraCheckpoint
import TesseraFiles

/// The list of finished shards of a folder; a shard that is not in it does not exist.
///
/// `manifest.jsonl` has one line a shard. It is written after the shard, and as a whole under a
/// temporary name that is renamed, so that a process that is killed leaves the manifest of the
/// shards before.
public struct TokenManifest: Hashable, Sendable {
    /// The name of the manifest inside its folder.
    public static let name = "manifest.jsonl"

    /// A finished shard.
    public struct Shard: Hashable, Sendable {
        /// The name of its files without their endings, such as `000017`.
        public let name: String

        /// The SHA-256 of its tokens file.
        public let sha256: String

        /// The number of grids.
        public let itemCount: Int

        /// The rows of each grid.
        public let gridHeight: Int

        /// The columns of each grid.
        public let gridWidth: Int
    }

    /// What all grids have in common.
    public let origin: TokenOrigin

    /// The finished shards, in the order in which they were finished.
    public internal(set) var shards: [Shard]

    /// Begins a manifest without shards.
    init(origin: TokenOrigin) {
        self.origin = origin
        shards = []
    }

    /// Reads the manifest of a folder.
    ///
    /// - Parameter folder: The path of the folder.
    /// - Throws: ``DatasetError``, of which ``ShardFault/noManifest`` says that there is none.
    public init(folder: String) throws(DatasetError) {
        let path = folder + "/" + TokenManifest.name
        guard access(path, F_OK) == 0 else { throw .shard(path: folder, .noManifest) }
        let lines = try readLines(path: path) { (json, number) throws(ShardFault) in
            try TokenManifest.read(json, number: number)
        }
        guard let origin = lines.first?.origin else { throw .shard(path: folder, .noManifest) }
        for line in lines {
            do {
                try line.origin.check(against: origin)
            } catch { throw .shard(path: path, error) }
        }
        self.origin = origin
        shards = lines.map(\.shard)
    }

    /// Opens a shard, if it is the one that the manifest names.
    ///
    /// - Parameters:
    ///   - shard: One of ``shards``.
    ///   - folder: The path of the folder.
    /// - Returns: The grids and what is said about them.
    /// - Throws: ``DatasetError``.
    public func open(_ shard: Shard, in folder: String) throws(DatasetError) -> TokenShard {
        let path = "\(folder)/\(shard.name).safetensors"
        let found: String
        do {
            let file = try MappedFile(path: path)
            found = SHA256.hexDigest(of: file.bytes)
        } catch { throw .file(error) }
        guard found == shard.sha256 else {
            throw .shard(path: path, .hash(found: found, expected: shard.sha256))
        }
        return try TokenShard(path: path)
    }

    /// The text of the file.
    var text: String { shards.map { json(of: $0).compactText + "\n" }.joined() }

    private func json(of shard: Shard) -> JSONValue {
        [
            "format": .integer(TokenOrigin.format), "shard": .string(shard.name),
            "items": .integer(shard.itemCount), "height": .integer(shard.gridHeight),
            "width": .integer(shard.gridWidth), "sha256": .string(shard.sha256),
            "model": .string(origin.model), "modelName": .string(origin.modelName),
            "vocabulary": .array(origin.vocabulary.map { .integer($0) }),
            "pixelsPerToken": .integer(origin.pixelsPerToken),
        ]
    }

    private static func read(
        _ json: JSONValue, number: Int
    ) throws(ShardFault) -> (origin: TokenOrigin, shard: Shard) {
        guard case .object(let object) = json else { throw .line(number: number, key: "shard") }
        func text(_ key: String) throws(ShardFault) -> String {
            guard case .string(let text) = object[key] else {
                throw .line(number: number, key: key)
            }
            return text
        }
        func count(_ key: String, upTo limit: Int = .max) throws(ShardFault) -> Int {
            guard case .integer(let count) = object[key], count > 0, count <= limit else {
                throw .line(number: number, key: key)
            }
            return count
        }
        let format = try count("format")
        guard format == TokenOrigin.format else {
            throw .format(found: String(format), supported: TokenOrigin.format)
        }
        guard case .array(let sizes) = object["vocabulary"], !sizes.isEmpty else {
            throw .line(number: number, key: "vocabulary")
        }
        var vocabulary: [Int] = []
        for size in sizes {
            guard case .integer(let size) = size, (1 ... 65536).contains(size) else {
                throw .line(number: number, key: "vocabulary")
            }
            vocabulary.append(size)
        }
        let name = try text("shard")
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x30 ... 0x39).contains($0) }) else {
            throw .line(number: number, key: "shard")
        }
        let origin = TokenOrigin(
            model: try text("model"), modelName: try text("modelName"), vocabulary: vocabulary,
            pixelsPerToken: try count("pixelsPerToken", upTo: 1024))
        let shard = Shard(
            name: name, sha256: try text("sha256"), itemCount: try count("items"),
            gridHeight: try count("height"), gridWidth: try count("width"))
        return (origin, shard)
    }
}
