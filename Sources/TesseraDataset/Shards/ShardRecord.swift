public import TesseraJSON
import Glibc
import TesseraFiles

/// What is known of a finished shard: its files, its inputs, and what was left out.
///
/// `NNNNNN.json` is written when all other files of the shard are on the disk; a shard without it
/// does not exist. Everything else that a folder says of itself is a sum of records.
public struct ShardRecord: Hashable, Sendable {
    /// The name of the shard, such as `000017`, or `000017-003` for a part of an archive.
    public let shard: String

    /// The inputs that the shard stands for.
    public let inputs: ShardInputs

    /// The files of tokens, by the size of their grids.
    public internal(set) var files: [TokenManifest.File]

    /// The inputs that could not be made into tokens, in order.
    public let failures: [FailedItem]

    /// How many pictures were passed over because it was asked for, by reason.
    public let filtered: [String: Int]

    /// How often something was left aside whose picture, if there is one, was used, by the kind of the
    /// reason.
    public let noted: [String: Int]

    /// What the grids of the shard add to the sums of the job.
    public let sums: GridSums

    /// Describes a shard whose files are not written yet.
    init(_ draft: ShardDraft, vocabulary: [Int]) {
        shard = draft.shard
        inputs = draft.inputs
        files = []
        failures = draft.failures
        filtered = draft.filtered
        noted = draft.noted
        sums = GridSums(of: draft.grids, vocabulary: vocabulary)
    }

    /// Reads the record of a shard.
    ///
    /// - Returns: `nil` if the shard does not exist.
    init?(folder: String, shard: String) throws(DatasetError) {
        let path = ShardRecord.path(of: shard, in: folder)
        guard access(path, F_OK) == 0 else { return nil }
        let records = try readLines(path: path) { (json, number) throws(ShardFault) in
            try ShardRecord(json: json, line: number)
        }
        guard records.count == 1, records[0].shard == shard else {
            throw .shard(path: path, .line(number: 1, key: "shard"))
        }
        self = records[0]
    }

    /// What is wrong with the files of the shard, as ``TokenManifest/File/fault(in:verifiesHash:)`` says.
    ///
    /// - Parameters:
    ///   - folder: The path of the folder.
    ///   - verifiesHash: Whether files are read too, and their hashes compared.
    /// - Returns: The first fault; `nil` if there is none.
    public func fault(in folder: String, verifiesHash: Bool) -> DatasetError? {
        for file in files {
            if let fault = file.fault(in: folder, verifiesHash: verifiesHash) { return fault }
        }
        return nil
    }

    static func path(of shard: String, in folder: String) -> String { "\(folder)/\(shard).json" }

    var text: String {
        var object: JSONObject = [
            "format": .integer(TokenOrigin.format), "shard": .string(shard),
        ]
        object["source"] = inputs.source.map { .string($0) }
        object["isLast"] = .boolean(inputs.isLast)
        object["inputs"] = .integer(inputs.count)
        object["keys"] = .string(inputs.digest)
        object["files"] = .array(files.map { .object($0.json) })
        object["failures"] = .array(failures.map(\.json))
        object["filtered"] = .object(JSONObject(counts: filtered))
        if !noted.isEmpty { object["noted"] = .object(JSONObject(counts: noted)) }
        object["pixels"] = .integer(sums.pixelCount)
        object["positions"] = .integer(sums.positionCount)
        object["codes"] = .array(
            sums.codeCounts.map { .array($0.map { .integer($0) }) })
        return JSONValue.object(object).compactText + "\n"
    }

    private init(json: JSONValue, line: Int) throws(ShardFault) {
        let object = try LineObject(json, number: line)
        let format = try object.count("format")
        guard format == TokenOrigin.format else {
            throw .format(found: String(format), supported: TokenOrigin.format)
        }
        shard = try object.text("shard")
        inputs = ShardInputs(
            source: try object.optionalText("source"), isLast: try object.flag("isLast"),
            count: try object.count("inputs"), digest: try object.text("keys"))
        var files: [TokenManifest.File] = []
        for value in try object.list("files") {
            files.append(try TokenManifest.File(json: value, line: line))
        }
        self.files = files
        var failures: [FailedItem] = []
        for value in try object.list("failures") {
            failures.append(try FailedItem(json: value, line: line))
        }
        self.failures = failures
        filtered = try object.namedCounts("filtered")
        noted = object["noted"] == nil ? [:] : try object.namedCounts("noted")
        var codeCounts: [[Int]] = []
        for value in try object.list("codes") {
            codeCounts.append(try object.counts(in: value, "codes"))
        }
        sums = GridSums(
            itemCount: files.reduce(0) { $0 + $1.itemCount },
            pixelCount: try object.count("pixels"), positionCount: try object.count("positions"),
            codeCounts: codeCounts)
    }
}

/// The inputs that a shard stands for, by which a run that goes on knows them again.
public struct ShardInputs: Hashable, Sendable {
    /// The name of the archive that they are a part of, without folders; `nil` for files.
    public let source: String?

    /// Whether no part of the archive follows.
    public let isLast: Bool

    /// How many there are.
    public let count: Int

    /// The SHA-256 of their keys in order.
    public let digest: String

    init(source: String?, isLast: Bool, count: Int, digest: String) {
        self.source = source
        self.isLast = isLast
        self.count = count
        self.digest = digest
    }

    /// Describes inputs.
    ///
    /// - Parameters:
    ///   - keys: Their keys in order.
    ///   - source: The archive that they are a part of, if they are.
    ///   - isLast: Whether no part of the archive follows.
    public init(keys: [String], source: String? = nil, isLast: Bool = true) {
        self.init(
            source: source, isLast: isLast, count: keys.count,
            digest: ShardInputs.digest(of: keys[...]))
    }

    /// Whether these are the first of some keys, or all of them.
    public func begin(_ keys: [String]) -> Bool {
        keys.count >= count && ShardInputs.digest(of: keys.prefix(count)) == digest
    }

    private static func digest(of keys: ArraySlice<String>) -> String {
        var hash = SHA256()
        for key in keys { Array(key.utf8 + [0]).withUnsafeBytes { hash.update($0) } }
        return hash.hexDigest()
    }
}

/// A shard that is ready to be written.
public struct ShardDraft: Sendable {
    /// The name of the shard.
    public let shard: String

    /// The inputs that it stands for.
    public let inputs: ShardInputs

    /// The grids, in the order of the inputs.
    public var grids: [StoredGrid] = []

    /// The inputs that could not be made into tokens, in order.
    public var failures: [FailedItem] = []

    /// How many pictures were passed over because it was asked for, by reason.
    public var filtered: [String: Int] = [:]

    /// How often something was left aside whose picture, if there is one, was used, by the kind of the
    /// reason.
    public var noted: [String: Int] = [:]

    /// Begins a shard without grids.
    ///
    /// - Parameters:
    ///   - shard: The name of the shard.
    ///   - inputs: The inputs that it stands for.
    public init(shard: String, inputs: ShardInputs) {
        self.shard = shard
        self.inputs = inputs
    }
}

extension JSONObject {
    /// Named counts, sorted by name.
    ///
    /// - Parameter counts: The counts.
    public init(counts: [String: Int]) {
        self.init()
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { self[name] = .integer(count) }
    }
}
