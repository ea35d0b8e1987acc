import TesseraJSON
import Glibc
import TesseraCheckpoint
import TesseraFiles

/// The list of finished token files of a folder; a file that is not in it does not exist.
///
/// `manifest.jsonl` has one line a file, in the order of the inputs. It is written when all shards
/// are there; of a folder that is still being written, the records of its shards say the same.
public struct TokenManifest: Hashable, Sendable {
    /// The name of the manifest inside its folder.
    public static let name = "manifest.jsonl"

    /// A finished file of tokens.
    public struct File: Hashable, Sendable {
        /// The name of the file, such as `000017.safetensors`.
        public let name: String

        /// The SHA-256 of the file.
        public let sha256: String

        /// The number of grids.
        public let itemCount: Int

        /// The rows and columns of each grid, if all are alike by the container.
        public let gridSize: GridSize?
    }

    /// What all grids have in common.
    public let origin: TokenOrigin

    /// The finished files, in the order of the inputs.
    public let files: [File]

    /// Reads the manifest of a folder, or the records of its shards as long as there is none.
    ///
    /// - Parameter folder: The path of the folder.
    /// - Throws: ``DatasetError``, of which ``ShardFault/noManifest`` says that there is neither.
    public init(folder: String) throws(DatasetError) {
        let path = folder + "/" + TokenManifest.name
        guard access(path, F_OK) == 0 else {
            guard let job = try TokenJob(folder: folder) else {
                throw .shard(path: folder, .noManifest)
            }
            origin = job.origin
            var files: [File] = []
            for name in try FolderNames(folder).shards where name.hasRecord {
                files += try ShardRecord(folder: folder, shard: name.shard)?.files ?? []
            }
            self.files = files
            return
        }
        let lines = try readLines(path: path) { (json, number) throws(ShardFault) in
            (
                origin: try TokenOrigin(json: json, line: number),
                file: try File(json: json, line: number)
            )
        }
        // Without a picture there is no line, but a job all the same.
        var origin = lines.first?.origin
        if origin == nil { origin = try TokenJob(folder: folder)?.origin }
        guard let origin else { throw .shard(path: folder, .noManifest) }
        for line in lines {
            do {
                try line.origin.check(against: origin)
            } catch { throw .shard(path: path, error) }
        }
        self.origin = origin
        files = lines.map(\.file)
    }
}

extension TokenManifest.File {
    /// What a line or a record says of the file.
    var json: JSONObject {
        var object: JSONObject = ["file": .string(name), "items": .integer(itemCount)]
        object["height"] = gridSize.map { .integer($0.height) }
        object["width"] = gridSize.map { .integer($0.width) }
        object["sha256"] = .string(sha256)
        return object
    }

    /// The line of a manifest.
    func line(origin: TokenOrigin) -> String {
        var object = json
        if case .object(let common) = origin.json {
            for member in common.members { object[member.name] = member.value }
        }
        return JSONValue.object(object).compactText + "\n"
    }

    /// Reads what a line or a record says of the file.
    init(json: JSONValue, line: Int) throws(ShardFault) {
        let object = try LineObject(json, number: line)
        let name = try object.text("file")
        guard let parts = ShardFileName(name), parts.fileExtension != "jsonl",
            parts.fileExtension != "json"
        else { throw .line(number: line, key: "file") }
        self.init(
            name: name, sha256: try object.text("sha256"),
            itemCount: try object.count("items", from: 1),
            gridSize: object["height"] == nil
                ? nil
                : GridSize(
                    height: try object.count("height", from: 1),
                    width: try object.count("width", from: 1)))
    }

    /// What is wrong with the file and its texts, as far as their lengths tell.
    ///
    /// - Parameters:
    ///   - folder: The path of the folder.
    ///   - verifiesHash: Whether the file is read too, and its hash compared.
    /// - Returns: `nil` if nothing is.
    public func fault(in folder: String, verifiesHash: Bool = false) -> DatasetError? {
        let path = folder + "/" + name
        do throws(DatasetError) {
            if name.hasSuffix(".tar") {
                try TokenArchive.checkEnd(path: path)
            } else {
                do { try SafetensorsFile.checkLength(path: path) } catch {
                    throw .checkpoint(error)
                }
                let lineCount = try lineCount(path: withoutExtension(path) + ".jsonl")
                guard lineCount == itemCount else {
                    throw .shard(path: path, .itemCount(found: lineCount, expected: itemCount))
                }
            }
            if verifiesHash { try checkHash(in: folder) }
            return nil
        } catch { return error }
    }

    /// The keys of the pictures.
    func keys(in folder: String) throws(DatasetError) -> [String] {
        let path = folder + "/" + name
        if name.hasSuffix(".tar") { return try TokenArchive(path: path).items.map(\.key) }
        return try readLines(path: withoutExtension(path) + ".jsonl") {
            (json, number) throws(ShardFault) in try TokenItem(json: json, number: number).key
        }
    }

    private func checkHash(in folder: String) throws(DatasetError) {
        let path = folder + "/" + name
        let found: String
        do { found = try ReadFile(path: path).hexDigest() } catch { throw .file(error) }
        guard found == sha256 else {
            throw .shard(path: path, .hash(found: found, expected: sha256))
        }
    }

    /// Opens the file, if it is the one that the manifest names.
    ///
    /// - Parameter folder: The path of the folder.
    /// - Returns: The grids and what is said about them.
    /// - Throws: ``DatasetError``.
    public func open(in folder: String) throws(DatasetError) -> any GridFile {
        try checkHash(in: folder)
        return try openGridFile(folder + "/" + name)
    }
}

/// The rows and columns of a grid.
public struct GridSize: Hashable, Comparable, Sendable {
    /// The rows, h.
    public let height: Int

    /// The columns, w.
    public let width: Int

    /// Makes a size.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// Orders sizes by rows, then by columns.
    public static func < (left: GridSize, right: GridSize) -> Bool {
        (left.height, left.width) < (right.height, right.width)
    }
}
