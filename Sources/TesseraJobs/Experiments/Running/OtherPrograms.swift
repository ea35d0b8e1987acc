import TesseraFiles
import TesseraJSON
import TesseraPipeline

/// What other programs made of an experiment's measurements, in its folder `others`.
///
/// A picture is `TASK/SEED/METHOD/PICTURE.png` there, with the names of the folder `measurements`. A line
/// of `rows.jsonl` names `task`, `seed`, `method` and `picture`, and may say how many `seconds` it took.
struct OtherPrograms {
    /// A picture that another program made.
    struct Entry: Sendable {
        let cell: ExperimentCell
        let path: String
        let seconds: Double?
    }

    /// What there is, in the order of the lines; of two lines for one picture the last counts.
    private(set) var entries: [Entry] = []

    /// Reads what there is for an experiment.
    ///
    /// Lines for tasks, seeds and pictures that the experiment does not have are passed over.
    ///
    /// - Parameters:
    ///   - folder: The folder `others`, which need not exist.
    ///   - recipe: The experiment.
    ///   - pictures: The names of its pictures.
    /// - Throws: ``JobError`` about the usage if a line is none.
    init(
        _ folder: String, for recipe: ExperimentRecipe, pictures: Set<String>
    ) throws(JobError) {
        let path = folder + "/rows.jsonl"
        guard isRegularFile(path) else { return }
        let tasks = recipe.experimentTasks
        var places: [ExperimentCell: Int] = [:]
        do {
            for row in try jsonLines(of: path) {
                guard case .string(let taskName)? = row["task"],
                    case .string(let method)? = row["method"],
                    case .string(let picture)? = row["picture"],
                    case .integer(let seed)? = row["seed"], seed >= 0
                else {
                    throw JobError.item(
                        "a line lacks one of 'task', 'seed', 'method' and 'picture'")
                }
                guard let task = tasks.first(where: { $0.name == taskName }),
                    recipe.seeds.contains(UInt64(seed)), pictures.contains(picture)
                else { continue }
                let cell = ExperimentCell(
                    model: nil, task: task, variant: ExperimentVariant(otherProgram: method),
                    seed: UInt64(seed), picture: picture, isProjected: false)
                let entry = Entry(
                    cell: cell, path: "\(folder)/\(taskName)/\(seed)/\(method)/\(picture).png",
                    seconds: row.number("seconds"))
                if let place = places[cell] {
                    entries[place] = entry
                } else {
                    places[cell] = entries.count
                    entries.append(entry)
                }
            }
        } catch { throw .usage("\(path): \(sentence(of: error)); mend it or remove it") }
    }
}

/// The objects of a file with one on each line.
///
/// - Throws: A failure that names the line, or one of the file.
func jsonLines(of path: String) throws -> [JSONObject] {
    let bytes = try readBytes(path: path, limit: 1 << 28)
    return try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
        do {
            guard case .object(let row) = try JSONValue(parsing: Array(line)) else {
                throw JobError.item("it is no object")
            }
            return row
        } catch { throw JobError.item("line \(number + 1): \(error)") }
    }
}

extension JSONObject {
    /// A member that is a number.
    fileprivate func number(_ name: String) -> Double? {
        switch self[name] {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }
}
