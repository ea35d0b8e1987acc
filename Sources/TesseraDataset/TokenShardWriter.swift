import Glibc
import TesseraCheckpoint
import TesseraFiles
import TesseraTensor
public import TesseraTokens

/// Writes grids into shards, and goes on where a run that was killed has stopped.
///
/// Grids of one size gather in one open shard, which is written when it is full. The tokens file
/// comes first, then the lines about the pictures, and the line of the manifest last; each appears
/// under its name only when it is complete. A run that resumes skips ``finishedKeys`` and writes
/// what the first run would have written, byte for byte, if it is given the rest in the same order.
///
///     let writer = try TokenShardWriter(folder: "out", origin: origin)
///     for item in items where !writer.finishedKeys.contains(item.key) { try writer.add(…) }
///     try writer.finish()
public final class TokenShardWriter {
    /// The keys of all pictures in finished shards.
    public private(set) var finishedKeys: Set<String> = []

    /// The list of finished shards.
    public private(set) var manifest: TokenManifest

    private let folder: String
    private let lock: FolderLock
    private let itemsPerShard: Int
    private let openCodeLimit: Int
    private var openShards: [GridSize: OpenShard] = [:]
    private var openKeys: Set<String> = []
    private var openCodeCount = 0

    private struct GridSize: Hashable {
        let height: Int
        let width: Int
    }

    private struct OpenShard {
        var items: [TokenItem] = []
        var codes: [Int32] = []
    }

    /// Opens a folder for writing.
    ///
    /// - Parameters:
    ///   - folder: The path of the folder, which is created if it does not exist.
    ///   - origin: What all grids have in common.
    ///   - isResuming: Whether shards that are there are kept; if not, they are an error.
    ///   - itemsPerShard: The most grids of a shard.
    ///   - openCodeLimit: The most codes that are held in memory, 4 bytes each; beyond it, the
    ///     fullest open shard is written early.
    /// - Throws: ``DatasetError``: the folder holds shards of another model, or is in use.
    public init(
        folder: String, origin: TokenOrigin, isResuming: Bool = true, itemsPerShard: Int = 1024,
        openCodeLimit: Int = 1 << 25
    ) throws(DatasetError) {
        precondition(itemsPerShard > 0, "A shard holds at least one grid")
        guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
            throw .file(.refused(action: .create, path: folder, code: errno))
        }
        lock = try FolderLock(folder: folder)
        self.folder = folder
        self.itemsPerShard = itemsPerShard
        self.openCodeLimit = openCodeLimit
        manifest = TokenManifest(origin: origin)
        guard access(folder + "/" + TokenManifest.name, F_OK) == 0 else { return }
        guard isResuming else { throw .shard(path: folder, .exists) }
        manifest = try TokenManifest(folder: folder)
        do {
            try manifest.origin.check(against: origin)
        } catch { throw .shard(path: folder, error) }
        for shard in manifest.shards {
            finishedKeys.formUnion(try manifest.open(shard, in: folder).items.map(\.key))
        }
    }

    /// Adds the grid of a picture, and writes a shard if that fills it.
    ///
    /// - Parameters:
    ///   - grid: A grid with no masked slot.
    ///   - item: What to say about the picture; its key is new in this folder.
    /// - Throws: ``DatasetError/file(_:)`` or ``DatasetError/checkpoint(_:)`` if the system refuses.
    public func add(_ grid: TokenGrid, for item: TokenItem) throws(DatasetError) {
        precondition(
            grid.vocabulary == manifest.origin.vocabulary,
            "A folder of vocabulary \(manifest.origin.vocabulary) got a grid of \(grid.vocabulary)")
        precondition(
            !grid.codes.contains(TokenGrid.mask), "A grid with masked slots cannot be stored")
        precondition(
            !finishedKeys.contains(item.key) && openKeys.insert(item.key).inserted,
            "The key '\(item.key)' is in this folder already")
        let size = GridSize(height: grid.height, width: grid.width)
        openShards[size, default: OpenShard()].items.append(item)
        openShards[size, default: OpenShard()].codes += grid.codes
        openCodeCount += grid.codes.count
        if openShards[size]?.items.count == itemsPerShard {
            try write(size)
        }
        while openCodeCount > openCodeLimit, let fullest = fullestSize { try write(fullest) }
    }

    /// Writes what is left, in shards that are not full.
    ///
    /// - Throws: ``DatasetError/file(_:)`` or ``DatasetError/checkpoint(_:)`` if the system refuses.
    public func finish() throws(DatasetError) {
        for size in openShards.keys.sorted(by: { ($0.height, $0.width) < ($1.height, $1.width) }) {
            try write(size)
        }
    }

    private var fullestSize: GridSize? {
        openShards.max {
            ($0.value.codes.count, $0.key.height) < ($1.value.codes.count, $1.key.height)
        }?.key
    }

    private func write(_ size: GridSize) throws(DatasetError) {
        guard let shard = openShards[size] else { return }
        let number = String(manifest.shards.count)
        let name = String(repeating: "0", count: max(6 - number.count, 0)) + number
        let hash = try writeTokens(shard, size, to: "\(folder)/\(name).safetensors")
        try writeText(shard.items.map(\.line).joined(), to: "\(folder)/\(name).jsonl")
        var extended = manifest
        extended.shards.append(
            TokenManifest.Shard(
                name: name, sha256: hash, itemCount: shard.items.count, gridHeight: size.height,
                gridWidth: size.width))
        try writeText(extended.text, to: folder + "/" + TokenManifest.name)
        manifest = extended
        for item in shard.items {
            openKeys.remove(item.key)
            finishedKeys.insert(item.key)
        }
        openCodeCount -= shard.codes.count
        openShards[size] = nil
    }

    private func writeTokens(
        _ shard: OpenShard, _ size: GridSize, to path: String
    ) throws(DatasetError) -> String {
        var writer = SafetensorsWriter(metadata: manifest.origin.metadata)
        let shape = [
            shard.items.count, size.height, size.width, manifest.origin.vocabulary.count,
        ]
        if manifest.origin.usesBytes {
            let codes = shard.codes.map { UInt8($0) }
            writer.add(Tensor(shape: shape, elements: codes), named: "tokens")
        } else {
            let codes = shard.codes.map { UInt16($0) }
            writer.add(Tensor(shape: shape, elements: codes), named: "tokens")
        }
        let sizes = shard.items.flatMap { [Int32($0.height), Int32($0.width)] }
        writer.add(
            Tensor<Int32>(shape: [shard.items.count, 2], elements: sizes), named: "sizes")
        do { return try writer.write(to: path) } catch { throw .checkpoint(error) }
    }

    private func writeText(_ text: String, to path: String) throws(DatasetError) {
        do {
            var file = try AtomicFile(path: path)
            try file.write(Array(text.utf8))
            try file.commit()
        } catch { throw .file(error) }
    }
}

/// Holds a folder for one writer at a time; the system lets go when the process ends.
private final class FolderLock: Sendable {
    private let descriptor: Int32

    init(folder: String) throws(DatasetError) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .file(.refused(action: .open, path: folder, code: errno))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .shard(path: folder, .inUse)
        }
    }

    deinit {
        close(descriptor)
    }
}
