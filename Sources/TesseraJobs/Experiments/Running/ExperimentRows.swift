import TesseraFiles
import TesseraJSON

/// The rows of an experiment and their file, which never holds half a row.
struct ExperimentRows {
    private let path: String
    private let cells: [ExperimentCell]
    private let identities: [ExperimentCell: JSONObject]
    /// The rows by their identity.
    private var rows: [JSONObject: JSONObject] = [:]
    /// Rows of other plans, which are kept.
    private var others: [JSONObject] = []

    /// Reads the rows that there are.
    ///
    /// - Parameters:
    ///   - path: The file, which need not exist.
    ///   - job: Whose cells the rows are of.
    /// - Throws: ``JobError`` about the usage if a line is no row.
    init(_ path: String, of job: ExperimentJob) throws(JobError) {
        self.path = path
        cells = job.cells
        identities = job.identities
        guard isRegularFile(path) else { return }
        let planned = Set(identities.values)
        do {
            for (number, row) in try jsonLines(of: path).enumerated() {
                guard case .object(let identity)? = row["cell"] else {
                    throw JobError.item("line \(number + 1): there is no 'cell' in it")
                }
                if planned.contains(identity) {
                    rows[identity] = row
                } else {
                    others.append(row)
                }
            }
        } catch {
            throw .usage("\(path): \(sentence(of: error)); remove it, or name another folder")
        }
    }

    /// The row of a cell, if there is one.
    subscript(cell: ExperimentCell) -> JSONObject? { identities[cell].flatMap { rows[$0] } }

    /// What tells a cell from others, and its figures, if it has a row.
    func figures(of cell: ExperimentCell) -> JSONObject? {
        guard let row = self[cell] else { return nil }
        var figures = JSONObject()
        if case .object(let identity)? = row["cell"] { figures = identity }
        for member in row.members where member.name != "cell" {
            figures[member.name] = member.value
        }
        return figures
    }

    /// What was found so far.
    var report: ExperimentReport {
        ExperimentReport(cells.compactMap { cell in figures(of: cell).map { (cell, $0) } })
    }

    /// Adds or replaces the row of a cell, and writes all rows in the order of the plan.
    ///
    /// - Throws: ``FileError`` if the system refuses.
    mutating func set(_ figures: JSONObject, of cell: ExperimentCell) throws(FileError) {
        let identity = identities[cell] ?? [:]
        var row: JSONObject = ["cell": .object(identity)]
        for figure in figures.members { row[figure.name] = figure.value }
        rows[identity] = row
        let lines = (cells.compactMap { self[$0] } + others)
            .map { JSONValue.object($0).compactText + "\n" }
        try writeTextFile(lines.joined(), to: path)
    }
}
