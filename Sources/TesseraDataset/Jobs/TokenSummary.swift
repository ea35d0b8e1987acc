public import TesseraJSON
import Glibc
import TesseraFiles

/// What a folder of tokens comes to: the sum of the records of its shards.
public struct TokenSummary: Sendable {
    /// The name of the file inside the folder.
    static let name = "statistics.json"

    /// The name of the list of failures inside the folder.
    static let failuresName = "failures.jsonl"

    /// The number of finished shards.
    public private(set) var shardCount = 0

    /// The number of units of which a shard is missing.
    public private(set) var missingUnitCount = 0

    /// The sums over all grids.
    public private(set) var sums: GridSums

    /// How many inputs could not be made into tokens, by the kind of the reason.
    public private(set) var failed: [String: Int] = [:]

    /// How many pictures were passed over because it was asked for, by reason.
    public private(set) var filtered: [String: Int] = [:]

    /// How often something was left aside whose picture, if there is one, was used, by the kind of the
    /// reason.
    public private(set) var noted: [String: Int] = [:]

    /// Reads the statistics of a folder.
    ///
    /// - Parameter path: The path of the folder.
    /// - Returns: `nil` as long as not all shards are there.
    /// - Throws: ``DatasetError``.
    public static func statistics(ofFolder path: String) throws(DatasetError) -> JSONObject? {
        let file = path + "/" + name
        guard access(file, F_OK) == 0 else { return nil }
        let objects = try readLines(path: file) { (json, number) throws(ShardFault) in
            guard case .object(let object) = json else { throw .line(number: number, key: "{") }
            return object
        }
        return objects.first
    }

    /// The sums as `statistics.json` says them.
    public var json: JSONObject {
        func rounded(_ value: Double) -> JSONValue { .real((value * 1e6).rounded() / 1e6) }
        var object: JSONObject = [
            "images": .integer(sums.itemCount), "failed": .object(JSONObject(counts: failed)),
            "filtered": .object(JSONObject(counts: filtered)), "shards": .integer(shardCount),
            "pixels": .integer(sums.pixelCount), "positions": .integer(sums.positionCount),
            "bitsPerPixel": rounded(sums.bitsPerPixel),
            "codebookUsage": .array(sums.usage.map(rounded)),
        ]
        if !noted.isEmpty { object["noted"] = .object(JSONObject(counts: noted)) }
        return object
    }
}

extension TokenFolder {
    /// Sums up what there is: `failures.jsonl` and, if no shard is missing, `manifest.jsonl` and
    /// `statistics.json`.
    ///
    /// Each task calls it when it ends; the last one finds everything. All of them write the same.
    ///
    /// - Parameter plan: The work of all tasks.
    /// - Returns: The sums.
    /// - Throws: ``DatasetError``.
    public func summarize(_ plan: TokenPlan) throws(DatasetError) -> TokenSummary {
        var summary = TokenSummary(vocabulary: job.origin.vocabulary)
        try whileMerging { () throws(DatasetError) in
            var failures = ""
            var files: [TokenManifest.File] = []
            for fault in plan.faults {
                let failure = FailedItem(fault)
                summary.add(failure)
                failures += failure.json.compactText + "\n"
            }
            for (number, unit) in plan.units.enumerated() {
                let records = try self.records(of: unit, number: number)
                for record in records {
                    summary.add(record)
                    files += record.files
                    for failure in record.failures { failures += failure.json.compactText + "\n" }
                }
                if records.last?.inputs.isLast != true { summary.addMissingUnit() }
            }
            let manifest = files.map { $0.line(origin: job.origin) }.joined()
            try writeText(failures, to: path + "/" + TokenSummary.failuresName)
            guard summary.missingUnitCount == 0 else { return }
            if !plan.hasUniqueKeys { try checkKeys(of: files, against: manifest) }
            try writeText(
                JSONValue.object(summary.json).compactText + "\n",
                to: path + "/" + TokenSummary.name)
            try writeText(manifest, to: path + "/" + TokenManifest.name)
            // Nobody else has anything left to write, so that these are of processes that ended.
            for name in try FolderNames(path).temporaries { try removeFile(path + "/" + name) }
        }
        return summary
    }

    /// Checks that no key comes twice, unless that was done when the manifest was written.
    private func checkKeys(
        of files: [TokenManifest.File], against manifest: String
    ) throws(DatasetError) {
        let written = try? readBytes(path: path + "/" + TokenManifest.name, limit: 1 << 30)
        guard written?.elementsEqual(manifest.utf8) != true else { return }
        var hashes: Set<Int> = []
        for file in files {
            for key in try file.keys(in: path) where !hashes.insert(key.hashValue).inserted {
                throw .shard(path: path, .repeatedKey(key, place: file.name))
            }
        }
    }

    /// The records of a unit's shards, up to the first that is missing.
    private func records(
        of unit: TokenPlan.Unit, number: Int
    ) throws(DatasetError) -> [ShardRecord] {
        guard case .archive = unit else {
            let name = TokenPlan.shardName(unit: number)
            return try ShardRecord(folder: path, shard: name).map { [$0] } ?? []
        }
        var records: [ShardRecord] = []
        while records.last?.inputs.isLast != true {
            let name = TokenPlan.shardName(unit: number, part: records.count)
            guard let record = try ShardRecord(folder: path, shard: name) else { break }
            records.append(record)
        }
        return records
    }
}

extension TokenSummary {
    fileprivate init(vocabulary: [Int]) {
        sums = GridSums(of: [], vocabulary: vocabulary)
    }

    fileprivate mutating func add(_ record: ShardRecord) {
        shardCount += 1
        sums.add(record.sums)
        for failure in record.failures { add(failure) }
        filtered.merge(record.filtered, uniquingKeysWith: +)
        noted.merge(record.noted, uniquingKeysWith: +)
    }

    fileprivate mutating func add(_ failure: FailedItem) {
        failed[failure.code, default: 0] += 1
    }

    fileprivate mutating func addMissingUnit() {
        missingUnitCount += 1
    }
}
