/// The events of a job that is at work, in the order in which they happen.
///
/// The job works on a thread of its own, and on those of the pool. It is stopped by leaving the loop
/// over its events: letting go of this iterator waits until nothing of the job works any more, which is
/// after the step or the picture that it is at, and leaves nothing half written.
///
///     for event in job {
///         switch try event.get() {
///         case .finished(let result): print(result.doneCount)
///         default: if isLate { break }
///         }
///     }
///
/// An event that is a failure is the last one.
public final class JobEvents<Event: Sendable>: IteratorProtocol {
    private let channel = JobChannel<Event>()
    private var thread: BackgroundThread?

    /// Starts a job.
    ///
    /// - Parameter work: Does the job, and returns early once the channel is closed.
    init(_ work: @escaping @Sendable (JobChannel<Event>) throws(JobError) -> Void) {
        let channel = channel
        thread = BackgroundThread {
            do throws(JobError) { try work(channel) } catch { channel.send(.failure(error)) }
            channel.end()
        }
        if thread == nil {
            _ = channel.send(.failure(.storage("the system allows no more threads")))
            channel.end()
        }
    }

    /// Waits for the next event.
    ///
    /// - Returns: The event, the failure that ended the job, or `nil` after its end.
    public func next() -> Result<Event, JobError>? { channel.receive() }

    deinit {
        channel.close()
        thread?.join()
    }
}

/// The way of events from a job to whoever watches it.
///
/// It holds few, so that a job waits for a watcher that is slower.
final class JobChannel<Event: Sendable>: Sendable {
    private struct State {
        var events: [Result<Event, JobError>] = []
        var hasEnded = false
        var isClosed = false
    }

    private let state = Monitor(State())
    private static var capacity: Int { 256 }

    /// Whether nobody watches any more, so that the job is to stop.
    var isClosed: Bool { state.change { $0.isClosed } }

    /// Tells an event, and waits as long as there is no room for it.
    ///
    /// - Returns: Whether the job is to go on.
    @discardableResult
    func send(_ event: Event) -> Bool { send(.success(event)) }

    @discardableResult
    fileprivate func send(_ event: Result<Event, JobError>) -> Bool {
        state.wait { state in
            if state.isClosed { return false }
            guard state.events.count < Self.capacity else { return nil }
            state.events.append(event)
            return true
        }
    }

    fileprivate func end() { state.change { $0.hasEnded = true } }

    fileprivate func close() { state.change { $0.isClosed = true } }

    fileprivate func receive() -> Result<Event, JobError>? {
        state.wait { state -> Result<Event, JobError>?? in
            if !state.events.isEmpty { return .some(state.events.removeFirst()) }
            return state.hasEnded ? .some(nil) : nil
        }
    }
}
