public import TesseraDataset
import TesseraJSON

/// How pictures become shards of tokens.
public struct TokenizeOptions: Sendable {
    /// The kind of files that tokens are written to.
    public var container = TokenContainer.safetensors

    /// The most pictures of a shard, at least 1.
    public var shardSize = 1024

    /// Which pictures are made into tokens, and at which size.
    public var preparation = PicturePreparation()

    /// How pictures, and what is said about them, are found in archives and folders.
    public var samples = SampleOptions()

    /// Which part of the job this run does.
    public var task = JobTask()

    /// Whether what failed before is tried again, and nothing that did not.
    public var isRetrying = false

    /// Whether finished shards are read, and made again if their hashes are not those of their records;
    /// else only lengths are looked at.
    public var isVerifying = false

    /// Whether what is in the folder is removed first; for a job of one task.
    public var isOverwriting = false

    /// Whether the first item that cannot be done ends the run.
    public var isFailingFast = false

    /// The most bytes of pictures in work, beyond which a picture fails; `nil` for no such failures.
    public var memoryLimit: Int?

    /// Makes the options that apply unless others are given.
    public init() {}

    /// What a job says of how pictures are found and prepared.
    var metadata: JSONObject {
        var metadata = preparation.metadata
        for member in samples.metadata.members { metadata[member.name] = member.value }
        return metadata
    }
}
