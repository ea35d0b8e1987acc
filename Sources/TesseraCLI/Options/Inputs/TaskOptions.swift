import ArgumentParser
import Glibc
import TesseraDataset

/// Which part of a job this process does.
struct TaskOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The number of this task, counted from 0; unless given, from the variables of Slurm, "
                + "Kubernetes or GNU parallel.",
            valueName: "i"))
    var taskIndex: Int?

    @Option(
        help: ArgumentHelp(
            "How many tasks share the job; unless given, from the variables of Slurm.",
            valueName: "n"))
    var taskCount: Int?

    func validate() throws {
        if let taskCount, !(1 ... JobTask.limit).contains(taskCount) {
            throw ValidationError(
                "'--task-count' is \(taskCount), but must be from 1 to \(JobTask.limit)")
        }
        if let taskIndex, taskIndex < 0 {
            throw ValidationError("'--task-index' is \(taskIndex), but must be 0 or more")
        }
        if taskIndex != nil && taskCount == nil {
            throw ValidationError("'--task-index' needs '--task-count'")
        }
    }

    /// The task that this process is.
    ///
    /// - Returns: The task, and the variables that it comes from, if any.
    /// - Throws: A usage failure if the variables do not fit.
    func task() throws(CommandFailure) -> (task: JobTask, source: String?) {
        let found = try SchedulerTask(
            index: taskIndex, count: taskCount,
            environment: { getenv($0).map { String(cString: $0) } })
        return (JobTask(index: found.index, count: found.count), found.source)
    }
}
