import TesseraInverse
public import TesseraJSON
import TesseraPipeline

/// What an experiment found: a table and a plot for each task, from the rows of its cells.
public struct ExperimentReport: Sendable {
    /// A cell and the figures of its row.
    public typealias Row = (cell: ExperimentCell, figures: JSONObject)

    /// One line of a task's table: a method on a model.
    struct Line {
        let model: String?
        let variant: ExperimentVariant
        /// The figures of each picture, means over its seeds.
        var pictures: [String: [String: Double]]

        /// The values of a figure, picture by picture.
        func values(_ name: String) -> [Double] {
            pictures.keys.sorted().compactMap { pictures[$0]?[name] }
        }

        func estimate(_ name: String) -> Estimate? {
            let values = values(name)
            return values.isEmpty ? nil : Estimate(values)
        }
    }

    /// The tasks, in the order of the rows.
    public let tasks: [ExperimentTask]

    let lines: [ExperimentTask: [Line]]

    /// Orders the rows of an experiment.
    ///
    /// - Parameter rows: The rows that there are, in the order of the plan.
    public init(_ rows: [Row]) {
        var tasks: [ExperimentTask] = []
        var lines: [ExperimentTask: [Line]] = [:]
        var seeds: [ExperimentCellGroup: [[String: Double]]] = [:]
        var order: [ExperimentCellGroup] = []
        for (cell, figures) in rows {
            let group = ExperimentCellGroup(cell)
            if seeds[group] == nil { order.append(group) }
            seeds[group, default: []].append(figures.numbers)
        }
        for group in order {
            if !tasks.contains(group.task) { tasks.append(group.task) }
            let figures = mean(seeds[group] ?? [])
            var known = lines[group.task] ?? []
            let place = known.firstIndex {
                $0.model == group.model && $0.variant == group.variant
            }
            if let place {
                known[place].pictures[group.picture] = figures
            } else {
                known.append(
                    Line(
                        model: group.model, variant: group.variant,
                        pictures: [group.picture: figures]))
            }
            lines[group.task] = known
        }
        self.tasks = tasks
        self.lines = lines
    }

    /// PSNR against decodes.
    ///
    /// - Parameter task: One of ``tasks``.
    /// - Returns: The plot of a task's table.
    public func plot(of task: ExperimentTask) -> ScatterPlot {
        plot(
            of: [task], title: task.name, xLabel: "decodes", seriesName: \.series,
            x: { $1.estimate("decodes")?.mean ?? 0 })
    }

    /// PSNR against the deviation of the noise, for each degradation that was measured with two or more, by
    /// its name.
    ///
    /// A method that was measured without noise only is a line across.
    public var noisePlots: [(name: String, plot: ScatterPlot)] {
        var degradations: [Degradation] = []
        for task in tasks where !degradations.contains(task.degradation) {
            degradations.append(task.degradation)
        }
        return degradations.compactMap { degradation in
            let levels = tasks.filter { $0.degradation == degradation }
            guard levels.count(where: { $0.noise > 0 }) > 1,
                let name = levels.first?.degradationName
            else { return nil }
            return (
                name,
                plot(
                    of: levels, title: name, xLabel: "noise, its standard deviation",
                    seriesName: \.name, x: { task, _ in task.noise })
            )
        }
    }

    private func plot(
        of tasks: [ExperimentTask], title: String, xLabel: String,
        seriesName: KeyPath<ExperimentVariant, String>, x: (ExperimentTask, Line) -> Double
    ) -> ScatterPlot {
        var series: [ScatterPlot.Series] = []
        for task in tasks {
            for line in lines[task] ?? [] {
                guard let psnr = line.estimate("psnr") else { continue }
                let name = [line.variant[keyPath: seriesName], line.model ?? ""]
                    .filter { !$0.isEmpty }.joined(separator: ", ")
                let point = ScatterPlot.Point(
                    x: x(task, line), y: psnr.mean, halfWidth: psnr.halfWidth)
                if let place = series.firstIndex(where: { $0.name == name }) {
                    series[place].points.append(point)
                } else {
                    series.append(ScatterPlot.Series(name: name, points: [point]))
                }
            }
        }
        return ScatterPlot(title: title, xLabel: xLabel, yLabel: "PSNR, dB", series: series)
    }
}

/// The seeds of one picture under one method.
private struct ExperimentCellGroup: Hashable {
    let model: String?
    let task: ExperimentTask
    let variant: ExperimentVariant
    let picture: String

    init(_ cell: ExperimentCell) {
        model = cell.model
        task = cell.task
        variant = cell.variant
        picture = cell.picture
    }
}

/// The mean of each figure that any of some rows has.
private func mean(_ rows: [[String: Double]]) -> [String: Double] {
    var values: [String: [Double]] = [:]
    for row in rows {
        for (name, value) in row { values[name, default: []].append(value) }
    }
    return values.mapValues { $0.reduce(0, +) / Double($0.count) }
}

extension JSONObject {
    /// The members that are numbers.
    fileprivate var numbers: [String: Double] {
        var numbers: [String: Double] = [:]
        for member in members {
            switch member.value {
            case .integer(let value): numbers[member.name] = Double(value)
            case .real(let value): numbers[member.name] = value
            default: break
            }
        }
        return numbers
    }
}
