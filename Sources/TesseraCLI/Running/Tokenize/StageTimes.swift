import TesseraJSON
import Synchronization

/// How long threads worked on each stage of making tokens, in all.
final class StageTimes: Sendable {
    /// A stage between a file and a shard.
    enum Stage: String, CaseIterable {
        case read, decode, resize, encode, write
    }

    private let seconds = Mutex<[Stage: Double]>([:])

    /// Does a part of a stage's work.
    func measure<Result>(_ stage: Stage, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let time = (ContinuousClock.now - start).inSeconds
            seconds.withLock { $0[stage, default: 0] += time }
        }
        return try body()
    }

    /// The seconds of each stage; those of several threads are added up.
    var json: JSONObject {
        let seconds = seconds.withLock { $0 }
        var object = JSONObject()
        for stage in Stage.allCases {
            object[stage.rawValue] = .real(((seconds[stage] ?? 0) * 1000).rounded() / 1000)
        }
        return object
    }
}
