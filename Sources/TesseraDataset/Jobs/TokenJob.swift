public import TesseraJSON
import Glibc
import TesseraFiles

/// What decides which bytes a job writes: the model, the preparation of pictures, and the shards.
///
/// `job.json` is written before anything else of a folder. Runs that go on with the folder, and
/// other tasks of the job, must agree with it to the letter.
public struct TokenJob: Hashable, Sendable {
    /// The name of the file inside the folder.
    static let name = "job.json"

    /// What all grids have in common.
    public let origin: TokenOrigin

    /// The kind of files that tokens are in.
    public let container: TokenContainer

    /// The most pictures of a shard.
    public let shardSize: Int

    /// How pictures are chosen and resized: names and values that whoever prepares them knows.
    public let preparation: JSONObject

    /// Describes a job.
    ///
    /// - Parameters:
    ///   - origin: What all grids have in common.
    ///   - container: The kind of files that tokens are in.
    ///   - shardSize: The most pictures of a shard, at least 1.
    ///   - preparation: How pictures are chosen and resized.
    public init(
        origin: TokenOrigin, container: TokenContainer = .safetensors, shardSize: Int,
        preparation: JSONObject = [:]
    ) {
        precondition(shardSize > 0, "A shard holds at least one picture")
        self.origin = origin
        self.container = container
        self.shardSize = shardSize
        self.preparation = preparation
    }

    /// Reads the job of a folder; `nil` if there is none.
    ///
    /// - Parameter folder: The path of the folder.
    /// - Throws: ``DatasetError``.
    public init?(folder: String) throws(DatasetError) {
        let path = folder + "/" + TokenJob.name
        guard access(path, F_OK) == 0 else { return nil }
        let jobs = try readLines(path: path) { (json, number) throws(ShardFault) in
            let object = try LineObject(json, number: number)
            guard let container = TokenContainer(rawValue: try object.text("container")) else {
                throw .line(number: number, key: "container")
            }
            guard case .object(let preparation)? = object["preparation"] else {
                throw .line(number: number, key: "preparation")
            }
            return TokenJob(
                origin: try TokenOrigin(json: json, line: number), container: container,
                shardSize: try object.count("shardSize", from: 1), preparation: preparation)
        }
        guard let job = jobs.first else { throw .shard(path: path, .line(number: 1, key: "{")) }
        self = job
    }

    /// The content of the file.
    var text: String {
        guard case .object(var object) = origin.json else { return "" }
        object["container"] = .string(container.rawValue)
        object["shardSize"] = .integer(shardSize)
        object["preparation"] = .object(preparation)
        return JSONValue.object(object).compactText + "\n"
    }

    /// Checks that another run may go on with this job.
    func check(_ other: TokenJob) throws(ShardFault) {
        try origin.check(against: other.origin)
        func words(_ value: JSONValue?) -> String { value?.compactText ?? "none" }
        var pairs = [
            ("format", container.rawValue, other.container.rawValue),
            ("shard size", String(shardSize), String(other.shardSize)),
        ]
        for name in Set((preparation.members + other.preparation.members).map(\.name)).sorted() {
            pairs.append((name, words(preparation[name]), words(other.preparation[name])))
        }
        for (key, found, wanted) in pairs where found != wanted {
            throw .job(key: key, found: found, wanted: wanted)
        }
    }
}

/// The kinds of files that tokens are written to.
public enum TokenContainer: String, CaseIterable, Sendable {
    /// One tensor for all grids of a size.
    case safetensors

    /// A tar archive with a NumPy array and a JSON text for each picture.
    case webdataset

    /// The extension of the files.
    var fileExtension: String {
        switch self {
        case .safetensors: "safetensors"
        case .webdataset: "tar"
        }
    }
}
