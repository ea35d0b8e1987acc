public import TesseraJSON

/// What happens while an experiment runs.
public enum ExperimentEvent: Sendable {
    /// Work on a cell begins.
    case began(ExperimentCell)

    /// So many steps of those that recover the cell's picture are done.
    case step(Int, of: Int)

    /// A cell was done: what tells it from others, and its figures.
    case done(ExperimentCell, JSONObject)

    /// A cell has its row already, and its picture if that belongs on a contact sheet.
    case skipped(ExperimentCell, JSONObject)

    /// A cell cannot be done.
    case failed(ExperimentCell, JobError)

    /// Something was left out of the report.
    case note(path: String, sentence: String)

    /// Tables, plots and contact sheets are written; the last event.
    case finished(ExperimentReport)
}
