import Synchronization

/// How long threads worked on each stage of making tokens, in all.
public final class StageTimes: Sendable {
    /// A stage between a file and a shard.
    public enum Stage: String, CaseIterable, Sendable {
        /// Reading the bytes of a picture.
        case read

        /// Decoding its samples.
        case decode

        /// Resampling it to the size that is asked for.
        case resize

        /// Making its tokens.
        case encode

        /// Writing shards.
        case write
    }

    private let times = Mutex<[Stage: Duration]>([:])

    init() {}

    /// Does a part of a stage's work.
    func measure<Result>(_ stage: Stage, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let time = ContinuousClock.now - start
            times.withLock { $0[stage, default: .zero] += time }
        }
        return try body()
    }

    /// The time of a stage; those of several threads are added up.
    ///
    /// - Parameter stage: The stage.
    /// - Returns: The time.
    public subscript(stage: Stage) -> Duration { times.withLock { $0[stage] ?? .zero } }
}
