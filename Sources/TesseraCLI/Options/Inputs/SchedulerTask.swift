/// Which task of how many a process is, as the command line or the variables of a scheduler say.
///
/// Slurm tells both numbers, Kubernetes and GNU parallel the index only: theirs counts if the command
/// line gives the number of tasks, because a process that knows nothing of tasks may run there too.
package struct SchedulerTask {
    /// The number of the task, from 0.
    package let index: Int

    /// The number of tasks.
    package let count: Int

    /// The variables that the index comes from, if any.
    package let source: String?

    /// Finds the task.
    ///
    /// - Parameters:
    ///   - index: What the command line says.
    ///   - count: What the command line says.
    ///   - environment: Looks up a variable.
    /// - Throws: A usage failure if the numbers do not fit.
    package init(
        index: Int?, count: Int?, environment: @escaping (String) -> String?
    ) throws(CommandFailure) {
        let variables = Variables(lookUp: environment)
        if let index, let count {
            try self.init(index, of: count, source: nil)
        } else if let slurm = variables.slurm {
            guard count ?? slurm.count == slurm.count else {
                throw .usage(
                    "'--task-count' is \(count ?? 0), but Slurm runs \(slurm.count) tasks; give "
                        + "'--task-index' too")
            }
            try self.init(slurm.index, of: slurm.count, source: slurm.source)
        } else if let index = variables["JOB_COMPLETION_INDEX"] {
            guard let count else {
                throw .usage(
                    "JOB_COMPLETION_INDEX is set, but Kubernetes does not tell the number of tasks; "
                        + "pass --task-count with the completions of the job")
            }
            try self.init(index, of: count, source: "JOB_COMPLETION_INDEX")
        } else if let count, let sequence = variables["PARALLEL_SEQ"] {
            try self.init(sequence - 1, of: count, source: "PARALLEL_SEQ")
        } else if count ?? 1 == 1 {
            try self.init(0, of: 1, source: nil)
        } else {
            throw .usage("'--task-count' needs '--task-index', because no scheduler tells it")
        }
    }

    private init(_ index: Int, of count: Int, source: String?) throws(CommandFailure) {
        guard (0 ..< count).contains(index) else {
            throw .usage(
                "the task index is \(index)\(source.map { " by \($0)" } ?? ""), but there are "
                    + "\(count) tasks, counted from 0")
        }
        self.index = index
        self.count = count
        self.source = source
    }
}

/// Numbers in the variables of a process.
private struct Variables {
    let lookUp: (String) -> String?

    subscript(name: String) -> Int? { lookUp(name).flatMap { Int($0) } }

    /// The task by Slurm's variables: the tasks of a step, within the tasks of an array.
    var slurm: (index: Int, count: Int, source: String)? {
        var index = 0
        var count = 1
        var sources: [String] = []
        if let id = self["SLURM_ARRAY_TASK_ID"], let tasks = self["SLURM_ARRAY_TASK_COUNT"] {
            let first = self["SLURM_ARRAY_TASK_MIN"] ?? 0
            index = (id - first) / max(self["SLURM_ARRAY_TASK_STEP"] ?? 1, 1)
            count = tasks
            sources.append("SLURM_ARRAY_TASK_ID")
        }
        if let id = self["SLURM_PROCID"], let tasks = self["SLURM_NTASKS"], tasks > 1 {
            index = index * tasks + id
            count *= tasks
            sources.append("SLURM_PROCID")
        }
        return sources.isEmpty || count < 1
            ? nil : (index, count, sources.joined(separator: " and "))
    }
}
