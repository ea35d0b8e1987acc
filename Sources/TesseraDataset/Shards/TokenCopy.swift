/// A new folder of token shards, made of grids that others hold.
///
/// The folder is as if its pictures had been the only inputs, so that whatever reads shards reads it.
public struct TokenCopy {
    private let folder: TokenFolder
    private var listing = InputListing(searching: [])
    private var grids: [StoredGrid] = []
    private var unit = 0

    /// Begins a folder.
    ///
    /// - Parameters:
    ///   - path: The path of the folder, which may hold no shards of another job.
    ///   - job: What the grids have in common, and how many a shard has.
    /// - Throws: ``DatasetError``, of which ``ShardFault/exists`` says that there are shards already.
    public init(to path: String, _ job: TokenJob) throws(DatasetError) {
        if let shard = try? FolderNames(path).shards.first, shard.hasRecord {
            throw .shard(path: path, .exists)
        }
        folder = try TokenFolder(path: path, job: job)
    }

    /// Adds a grid.
    ///
    /// - Parameter grid: The grid, with a key that no other has.
    /// - Throws: ``DatasetError`` if the system refuses.
    public mutating func add(_ grid: StoredGrid) throws(DatasetError) {
        grids.append(grid)
        listing.add(ImageItem(key: grid.item.key, path: grid.item.key, bytes: []))
        if grids.count == folder.job.shardSize { try writeShard() }
    }

    /// Completes the folder with its manifest and statistics.
    ///
    /// - Throws: ``DatasetError`` if the system refuses.
    public mutating func finish() throws(DatasetError) {
        if !grids.isEmpty { try writeShard() }
        _ = try folder.summarize(TokenPlan(listing, shardSize: folder.job.shardSize))
    }

    private mutating func writeShard() throws(DatasetError) {
        var draft = ShardDraft(
            shard: TokenPlan.shardName(unit: unit), inputs: ShardInputs(keys: grids.map(\.item.key))
        )
        draft.grids = grids
        try folder.write(draft)
        unit += 1
        grids = []
    }
}
