import Glibc
import TesseraFiles

/// A folder of token shards that is open for writing, by one task of a job.
///
/// A shard appears whole or not at all: its files are written under temporary names, brought to the
/// disk and renamed, and its record comes last. A process that is killed at any moment leaves nothing
/// that the next one does not complete to the same bytes, because what is in a shard follows from its
/// number and the inputs alone.
public final class TokenFolder {
    /// The path of the folder.
    public let path: String

    /// What decides which bytes are written.
    public let job: TokenJob

    let task: JobTask
    private let lock: RangeLock
    private var files: [String: [String]] = [:]
    private var finished: Set<String> = []

    /// Opens a folder for writing.
    ///
    /// - Parameters:
    ///   - path: The path of the folder, which is created if it does not exist.
    ///   - job: What is to be written; a folder of another job is an error.
    ///   - task: Which task of the job this is; another process may not be the same.
    ///   - isOverwriting: Whether everything that the folder has of a job is removed first; for a
    ///     job of one task.
    /// - Throws: ``DatasetError``: the folder holds another job, or is in use.
    public init(
        path: String, job: TokenJob, task: JobTask = JobTask(), isOverwriting: Bool = false
    ) throws(DatasetError) {
        precondition(!isOverwriting || task.count == 1, "Only a task alone can begin a job anew")
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw .file(.refused(action: .create, path: path, code: errno))
        }
        self.path = path
        self.job = job
        self.task = task
        if !isOverwriting, access(path + "/" + TokenJob.name, F_OK) != 0,
            access(path + "/" + TokenManifest.name, F_OK) == 0
        {
            throw .shard(path: path, .exists)
        }
        var lock = try TokenFolder.lock(path, job, task)
        if isOverwriting {
            try TokenFolder.clear(path)
            if try TokenJob(folder: path) != job {
                try writeText(job.text, to: path + "/" + TokenJob.name)
                // The file is another one now; the lock on the old one holds until this one does.
                let old = lock
                lock = try TokenFolder.lock(path, job, task)
                withExtendedLifetime(old) {}
            }
        }
        self.lock = lock
        let found = try TokenJob(folder: path) ?? job
        do { try found.check(job) } catch { throw .shard(path: path, error) }
        let names = try FolderNames(path)
        for shard in names.shards {
            files[shard.shard] = shard.files
            if shard.hasRecord { finished.insert(shard.shard) }
        }
        if task.count == 1 {
            for name in names.temporaries { try removeFile(path + "/" + name) }
        }
    }

    /// The record of a shard, if the shard is finished.
    ///
    /// - Parameter shard: The name of the shard.
    /// - Returns: `nil` if it is not.
    /// - Throws: ``DatasetError``.
    public func record(of shard: String) throws(DatasetError) -> ShardRecord? {
        finished.contains(shard) ? try ShardRecord(folder: path, shard: shard) : nil
    }

    /// The grids of a finished shard, by the keys of their pictures.
    ///
    /// - Parameter record: The record of the shard.
    /// - Returns: All of its grids.
    /// - Throws: ``DatasetError``.
    public func grids(of record: ShardRecord) throws(DatasetError) -> [String: StoredGrid] {
        var grids: [String: StoredGrid] = [:]
        for entry in record.files {
            let file = try entry.open(in: path)
            for (index, item) in file.items.enumerated() {
                grids[item.key] = StoredGrid(try file.grid(at: index), for: item)
            }
        }
        return grids
    }

    /// Writes a shard; one of the same name is replaced.
    ///
    /// - Parameter draft: The shard.
    /// - Returns: Its record.
    /// - Throws: ``DatasetError`` if the system refuses; nothing of the shard is left then.
    @discardableResult
    public func write(_ draft: ShardDraft) throws(DatasetError) -> ShardRecord {
        try invalidate(draft.shard)
        var record = ShardRecord(draft, vocabulary: job.origin.vocabulary)
        var written: [String] = []
        do throws(DatasetError) {
            for (name, size, grids) in fileContents(of: draft) {
                let file = "\(name).\(job.container.fileExtension)"
                written.append(file)
                let hash: String
                switch job.container {
                case .safetensors:
                    hash = try TokenShard.write(grids, origin: job.origin, to: "\(path)/\(file)")
                    written.append(name + ".jsonl")
                    try writeText(
                        grids.map(\.item.line).joined(), to: "\(path)/\(name).jsonl")
                case .webdataset:
                    hash = try TokenArchive.write(grids, origin: job.origin, to: "\(path)/\(file)")
                }
                record.files.append(
                    TokenManifest.File(
                        name: file, sha256: hash, itemCount: grids.count, gridSize: size))
            }
            for stale in files[draft.shard] ?? [] where !written.contains(stale) {
                try removeFile(path + "/" + stale)
            }
            try writeText(record.text, to: ShardRecord.path(of: draft.shard, in: path))
        } catch {
            for file in written { unlink(path + "/" + file) }
            throw error
        }
        files[draft.shard] = written
        finished.insert(draft.shard)
        return record
    }

    /// Removes a shard, finished or not.
    ///
    /// - Parameter shard: The name of the shard.
    /// - Throws: ``DatasetError/file(_:)`` if the system refuses.
    public func remove(_ shard: String) throws(DatasetError) {
        try invalidate(shard)
        for file in files[shard] ?? [] { try removeFile(path + "/" + file) }
        files[shard] = nil
    }

    /// Runs a closure while no other task of the job does.
    func whileMerging(
        _ body: () throws(DatasetError) -> Void
    ) throws(DatasetError) {
        do { try lock.lock(LockPlaces.merge) } catch { throw .file(error) }
        defer { lock.unlock(LockPlaces.merge) }
        try body()
    }

    /// Makes a finished shard unfinished, and what sums it up unknown.
    private func invalidate(_ shard: String) throws(DatasetError) {
        guard finished.remove(shard) != nil else { return }
        try whileMerging { () throws(DatasetError) in
            for name in [TokenManifest.name, TokenSummary.name] {
                try removeFile(path + "/" + name)
            }
            try removeFile(ShardRecord.path(of: shard, in: path))
        }
    }

    /// The files of a shard with their grids: one, but one for each size of grid where the container
    /// holds grids of one size only.
    private func fileContents(
        of draft: ShardDraft
    ) -> [(name: String, size: GridSize?, grids: [StoredGrid])] {
        guard !draft.grids.isEmpty else { return [] }
        guard job.container == .safetensors else { return [(draft.shard, nil, draft.grids)] }
        let groups = Dictionary(grouping: draft.grids) {
            GridSize(height: $0.height, width: $0.width)
        }
        return groups.sorted { $0.key < $1.key }.map { size, grids in
            let suffix = groups.count > 1 ? "-\(size.height)x\(size.width)" : ""
            return (draft.shard + suffix, size, grids)
        }
    }
}

extension TokenFolder {
    /// Where tasks lock the job's file, far past its end.
    private enum LockPlaces {
        static let merge = 0 ..< 1

        static func task(_ task: JobTask) -> Range<Int> {
            let place = task.count * JobTask.limit + task.index
            return place ..< place + 1
        }

        /// The places of tasks of jobs that are cut into another number of tasks.
        static func others(than task: JobTask) -> [Range<Int>] {
            [
                JobTask.limit ..< task.count * JobTask.limit,
                (task.count + 1) * JobTask.limit ..< (JobTask.limit + 1) * JobTask.limit,
            ]
        }
    }

    private static func lock(
        _ path: String, _ job: TokenJob, _ task: JobTask
    ) throws(DatasetError) -> RangeLock {
        let file = path + "/" + TokenJob.name
        if access(file, F_OK) != 0 {
            do {
                var new = try AtomicFile(path: file, replacing: false)
                try new.write(Array(job.text.utf8))
                try new.commit()
            } catch {
                // Of several tasks that begin at once, one is first, and the others compare.
                guard case .exists = error else { throw .file(error) }
            }
        }
        let lock: RangeLock
        let isAlone: Bool
        do {
            lock = try RangeLock(path: file)
            isAlone = try lock.tryLock(LockPlaces.task(task))
        } catch { throw .file(error) }
        let others = LockPlaces.others(than: task).filter { !$0.isEmpty }
        guard isAlone, !others.contains(where: lock.isLockedElsewhere) else {
            throw .shard(path: path, .inUse)
        }
        return lock
    }

    /// Removes everything that a job writes but its description, the records first.
    private static func clear(_ path: String) throws(DatasetError) {
        let names = try FolderNames(path)
        for name in [TokenManifest.name, TokenSummary.failuresName, TokenSummary.name] {
            try removeFile(path + "/" + name)
        }
        for shard in names.shards where shard.hasRecord {
            try removeFile(ShardRecord.path(of: shard.shard, in: path))
        }
        for name in names.shards.flatMap(\.files) + names.temporaries {
            try removeFile(path + "/" + name)
        }
    }
}
