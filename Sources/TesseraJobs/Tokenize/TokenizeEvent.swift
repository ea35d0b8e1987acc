public import TesseraDataset

/// What happens while pictures become shards of tokens.
public enum TokenizeEvent: Sendable {
    /// The folder is open, and the work begins; so many pictures are known without opening archives.
    case began(pictureCount: Int)

    /// An archive was opened, which changes how many pictures there are likely to be.
    case expected(pictureCount: Int)

    /// A picture was made into tokens, which the next shard will have.
    case encoded(ImageItem, StoredGrid)

    /// The tokens of a picture were there already, in a shard that is made anew.
    case kept(ImageItem)

    /// A picture was passed over: ``PicturePreparation/reasonToPassOver(width:height:)``.
    case passedOver(ImageItem, reason: String)

    /// A picture, or an archive, could not be used.
    case failed(FailedItem)

    /// Something was left aside while its picture, if there is one, is used; or a shard that is not as
    /// its record says is made again.
    case noted(FailedItem)

    /// A shard is there already.
    case skipped(ShardRecord)

    /// A shard was written.
    case wrote(ShardRecord)

    /// The work of this task is done; the last event.
    case finished(TokenizeResult)
}

/// What a run came to.
public struct TokenizeResult: Sendable {
    /// What the folder comes to, with what other runs and tasks wrote.
    public internal(set) var summary: TokenSummary?

    /// The number of pictures that this run made into tokens.
    public internal(set) var doneCount = 0

    /// The number of pictures whose tokens were there already.
    public internal(set) var skippedCount = 0

    /// The number of pictures that were passed over because it was asked for.
    public internal(set) var filteredCount = 0

    /// The number of inputs that could not be used.
    public internal(set) var failedCount = 0

    /// The number of inputs that failed in earlier runs and were not tried again.
    public internal(set) var earlierFailureCount = 0

    /// How long threads worked on each stage.
    public let times: StageTimes

    init(times: StageTimes) {
        self.times = times
    }
}

extension TokenizeEvent {
    /// The event of a picture.
    init(_ outcome: PictureEncoder.Outcome, of item: ImageItem) {
        switch outcome {
        case .grid(let grid, isNew: true, _): self = .encoded(item, grid)
        case .grid(_, isNew: false, _): self = .kept(item)
        case .failed(let failure): self = .failed(failure)
        case .passedOver(let reason): self = .passedOver(item, reason: reason)
        }
    }
}
