import TesseraDataset

/// A walk over all grids of a data set, as a sequence of what happens.
///
/// To iterate is to do the work; leaving the loop stops it.
public struct TokenScan<Outcome: Sendable>: Sequence, Sendable {
    /// The grids.
    let collection: TokenCollection

    /// Does the work; `nil` if it was stopped.
    let work: @Sendable (TokenWalk<Outcome>) throws(JobError) -> Outcome?

    /// Starts the work.
    ///
    /// - Returns: What happens. ``TokenScanEvent/finished(_:)`` is the last event of a walk that was not
    ///   stopped.
    public func makeIterator() -> JobEvents<TokenScanEvent<Outcome>> {
        JobEvents { [self] (events) throws(JobError) in
            let walk = TokenWalk(collection: collection, events: events)
            if let outcome = try work(walk) { events.send(.finished(outcome)) }
        }
    }
}

/// What happens while the grids of a data set are walked through.
public enum TokenScanEvent<Outcome: Sendable>: Sendable {
    /// The grids of a file come next.
    case began(file: String)

    /// A grid was read.
    case read

    /// A file could not be read; others go on.
    case failed(path: String, sentence: String)

    /// So many pictures of all were compared with those before.
    case compared(Int, of: Int)

    /// The work is done, and this came of it; the last event.
    case finished(Outcome)
}

/// The walk of a scan: over its grids, in order, telling of them.
struct TokenWalk<Outcome: Sendable> {
    /// The grids.
    let collection: TokenCollection

    /// Where is told what happens.
    let events: JobChannel<TokenScanEvent<Outcome>>

    /// Makes a value of each grid, many at once on all threads.
    ///
    /// - Parameters:
    ///   - isTold: Whether is told what is read; not if the same was read before.
    ///   - make: Makes the value of a grid; on any thread.
    ///   - take: Given the values in order.
    /// - Returns: Whether the walk went to its end.
    /// - Throws: What `take` throws.
    func forEach<Value: Sendable>(
        isTold: Bool = true, make: (TokenCollection.Entry) -> Value,
        take: (Value) throws(JobError) -> Void
    ) throws(JobError) -> Bool {
        for name in collection.source.files where !events.isClosed {
            if isTold { events.send(.began(file: name)) }
            let file: any GridFile
            var start = 0
            do {
                file = try collection.source.open(name)
            } catch {
                tell(error, of: name, isTold)
                continue
            }
            while start < file.items.count && !events.isClosed {
                let places =
                    start ..< min(start + TokenCollection.blockSize, file.items.count)
                let values: [Value]
                do { values = try TokenCollection.values(of: file, places, make: make) } catch {
                    tell(error, of: name, isTold)
                    break
                }
                for value in values {
                    try take(value)
                    if isTold { events.send(.read) }
                }
                start = places.upperBound
            }
        }
        return !events.isClosed
    }

    private func tell(_ error: DatasetError, of name: String, _ isTold: Bool) {
        guard isTold else { return }
        events.send(
            .failed(
                path: collection.source.path + "/" + name, sentence: error.located.sentence))
    }
}
