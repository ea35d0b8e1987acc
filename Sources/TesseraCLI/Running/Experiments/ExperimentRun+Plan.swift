import TesseraJSON
import TesseraCheckpoint
import TesseraPipeline

extension ExperimentRun {
    /// What is to be done, and what it costs, as lines for people.
    var planLines: [String] {
        let seeds = recipe.seeds.map { String($0) }.joined(separator: ", ")
        var lines = [
            "\(counted(names.count, "picture")), \(counted(recipe.tasks.count * recipe.noises.count, "task")), "
                + "seeds \(seeds), \(counted(folders.count, "model"))"
        ]
        let otherCount = cells.count { $0.variant.method == nil }
        for variant in recipe.variants {
            let own = cells.filter { $0.variant == variant }
            lines.append(
                "\(variant.name): \(own.count) rows of \(variant.decodeCount) decodes, "
                    + "\(own.count(where: isDone)) done")
        }
        if otherCount > 0 {
            lines.append("other programs: \(counted(otherCount, "picture")) to measure or measured")
        }
        let left = cells.filter { !isDone($0) && $0.variant.method != nil }
        let decodes = left.reduce(0) { $0 + $1.variant.decodeCount }
        lines.append(
            "left: \(left.count) of \(cells.count - otherCount) rows, \(decodes) decodes if each picture is one window"
        )
        lines.append(
            "time: "
                + (duration(of: left).map { "about \(clockText($0))" }
                    ?? "unknown until some rows are done"))
        return lines
    }

    /// How long cells will take, going by the rows that there are.
    private func duration(of left: [ExperimentCell]) -> Duration? {
        var known: [String: [Double]] = [:]
        for cell in cells where cell.variant.method != nil {
            guard case .real(let seconds)? = row(cell)?["seconds"] else { continue }
            known[cell.variant.name + cell.task.name, default: []].append(seconds)
        }
        let all = known.values.flatMap(\.self)
        guard !all.isEmpty else { return nil }
        let total = left.reduce(0.0) { sum, cell in
            let values = known[cell.variant.name + cell.task.name] ?? all
            return sum + values.reduce(0, +) / Double(values.count)
        }
        return .seconds(total)
    }
}

/// A number and what it counts, such as "2 tasks".
private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
