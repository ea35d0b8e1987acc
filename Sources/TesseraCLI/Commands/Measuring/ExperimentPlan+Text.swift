import TesseraJobs

extension ExperimentJob {
    /// What is to be done, and what it costs, as lines for people.
    func lines(of plan: ExperimentPlan) -> [String] {
        let seeds = recipe.seeds.map { String($0) }.joined(separator: ", ")
        let taskCount = recipe.experimentTasks.count
        var lines = [
            "\(counted(pictures.count, "picture")), \(counted(taskCount, "task")), seeds \(seeds), "
                + "\(counted(modelCount, "model"))"
        ]
        lines += plan.lines.map {
            "\($0.variant.name): \($0.rowCount) rows of \($0.variant.decodeCount) decodes, "
                + "\($0.doneCount) done"
        }
        if plan.otherCount > 0 {
            lines.append(
                "other programs: \(counted(plan.otherCount, "picture")) to measure or measured")
        }
        lines.append(
            "left: \(plan.leftCount) of \(plan.rowCount) rows, \(plan.decodeCount) decodes if each "
                + "picture is one window")
        lines.append(
            "time: "
                + (plan.duration.map { "about \(clockText($0))" }
                    ?? "unknown until some rows are done"))
        return lines
    }
}

/// A number and what it counts, such as "2 tasks".
private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
