import TesseraJSON
import TesseraPipeline

/// What an experiment has to do, and what that costs.
public struct ExperimentPlan: Sendable {
    /// What one method has to do.
    public struct Line: Sendable {
        /// The method, with its settings.
        public let variant: ExperimentVariant

        /// The number of rows.
        public let rowCount: Int

        /// How many of them are done.
        public let doneCount: Int
    }

    /// What each method of the recipe has to do, in its order.
    public let lines: [Line]

    /// The number of pictures of other programs, to be measured or measured.
    public let otherCount: Int

    /// The number of rows that are left.
    public let leftCount: Int

    /// The number of rows in all, without those of other programs.
    public let rowCount: Int

    /// The decodes that are left if each picture is one window.
    public let decodeCount: Int

    /// How long the rest will take, going by the rows that there are; `nil` without any.
    public let duration: Duration?
}

extension ExperimentJob {
    /// The number of models.
    public var modelCount: Int { folders.count }

    /// What is left to be done.
    ///
    /// - Returns: The plan.
    /// - Throws: ``JobError`` about the usage if rows cannot be read.
    public func plan() throws(JobError) -> ExperimentPlan {
        let rows = try rows()
        let done = Set(cells.filter { isDone($0, in: rows) })
        let otherCount = cells.count { $0.variant.method == nil }
        let left = cells.filter { !done.contains($0) && $0.variant.method != nil }
        return ExperimentPlan(
            lines: recipe.variants.map { variant -> ExperimentPlan.Line in
                let own = cells.filter { $0.variant == variant }
                return ExperimentPlan.Line(
                    variant: variant, rowCount: own.count,
                    doneCount: own.count { done.contains($0) })
            },
            otherCount: otherCount, leftCount: left.count, rowCount: cells.count - otherCount,
            decodeCount: left.reduce(0) { $0 + $1.variant.decodeCount },
            duration: duration(of: left, by: rows))
    }

    /// How long cells will take, going by the rows that there are.
    private func duration(of left: [ExperimentCell], by rows: ExperimentRows) -> Duration? {
        var known: [String: [Double]] = [:]
        for cell in cells where cell.variant.method != nil {
            guard case .real(let seconds)? = rows[cell]?["seconds"] else { continue }
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
