/// One of the processes that share a job.
public struct JobTask: Hashable, Sendable {
    /// The most tasks of a job.
    public static let limit = 1 << 20

    /// The number of the task, from 0.
    public let index: Int

    /// The number of tasks.
    public let count: Int

    /// Makes a task; by default the only one.
    public init(index: Int = 0, count: Int = 1) {
        precondition(
            (1 ... JobTask.limit).contains(count) && (0 ..< count).contains(index),
            "There is no task \(index) of \(count)")
        self.index = index
        self.count = count
    }

    /// Whether a unit of work is this task's.
    ///
    /// - Parameter unit: The number of the unit.
    /// - Returns: Whether it is.
    public func owns(unit: Int) -> Bool { unit % count == index }
}
