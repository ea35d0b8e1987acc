import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraPipeline
import TesseraTensor

/// An experiment on its way: which rows there are, and how to come by the others.
final class ExperimentRun {
    /// All cells, in the order of the report.
    let cells: [ExperimentCell]

    private let recipe: ExperimentRecipe
    private let files: [String: InputFile]
    private let names: [String]
    private let folder: String
    private let precision: Precision
    /// The model folders by their names in cells.
    private let folders: [String: ModelFolder]
    /// What tells the cells from each other.
    private var identities: [ExperimentCell: JSONObject] = [:]
    /// The rows by their identity.
    private var rows: [JSONObject: JSONObject]
    /// Rows of other plans, which are kept.
    private var otherRows: [JSONObject] = []

    /// Plans an experiment and reads the rows that there are.
    ///
    /// - Parameters:
    ///   - recipe: What is asked.
    ///   - files: The pictures.
    ///   - folder: Where results go.
    ///   - precision: The format in which prior and gradients multiply.
    /// - Throws: A model failure if there is no such model, or a usage failure if the rows cannot be
    ///   read or two pictures have one name.
    init(
        _ recipe: ExperimentRecipe, files: [InputFile], folder: String, precision: Precision
    ) throws(CommandFailure) {
        self.recipe = recipe
        self.folder = folder
        self.precision = precision
        names = files.map(\.key)
        var named: [String: InputFile] = [:]
        for file in files {
            guard named.updateValue(file, forKey: file.key) == nil else {
                throw .usage("two pictures have the name '\(file.key)'; rename one of them")
            }
        }
        self.files = named
        var folders: [String: ModelFolder] = [:]
        if recipe.variants.contains(where: { $0.method.needsModel }) {
            let shipped = ShippedModels()
            do {
                for model in recipe.models { folders[model] = try shipped.folder(model) }
                if folders.isEmpty {
                    let best = try shipped.best(withPrior: true)
                    folders[best.description.name] = best
                }
            } catch { throw .model(error.description) }
        }
        self.folders = folders
        let models = recipe.models.isEmpty ? Array(folders.keys) : recipe.models
        cells = recipe.cells(models: models, pictures: names)
        rows = [:]
        for cell in cells { identities[cell] = newIdentity(cell) }
        try readRows()
    }

    private var rowsPath: String { folder + "/rows.jsonl" }

    /// What tells a cell from all others.
    private func newIdentity(_ cell: ExperimentCell) -> JSONObject {
        let weights = cell.model.flatMap { folders[$0]?.description }.map { description in
            let files = [description.tokenizer.file, description.prior?.file].compactMap(\.self)
            return files.map { String($0.sha256.prefix(12)) }.joined(separator: "-")
        }
        var identity = cell.identity(weights: weights)
        if cell.variant.method.needsPrior { identity["precision"] = .string(precision.rawValue) }
        return identity
    }

    private func row(_ cell: ExperimentCell) -> JSONObject? {
        identities[cell].flatMap { rows[$0] }
    }

    private func readRows() throws(CommandFailure) {
        guard isRegularFile(rowsPath) else { return }
        let planned = Set(identities.values)
        do {
            let bytes = try readBytes(path: rowsPath, limit: 1 << 28)
            for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
                do {
                    guard case .object(let row) = try JSONValue(parsing: Array(line)),
                        case .object(let identity)? = row["cell"]
                    else { throw ItemFailure("there is no 'cell' in it") }
                    if planned.contains(identity) {
                        rows[identity] = row
                    } else {
                        otherRows.append(row)
                    }
                } catch {
                    throw ItemFailure("line \(number + 1) is no row of an experiment: \(error)")
                }
            }
        } catch {
            throw .usage(
                "\(rowsPath): \(sentence(of: error)); remove it, or name another folder")
        }
    }

    /// Whether a cell has its row, and its picture if that belongs on a sheet.
    private func isDone(_ cell: ExperimentCell) -> Bool {
        row(cell) != nil && (!isOnSheet(cell) || isRegularFile(picturePath(cell)))
    }

    /// Does the cells that are left, then writes tables, plots and sheets.
    ///
    /// - Parameter batch: Told of each cell.
    /// - Throws: A failure that ends the run.
    func run(in batch: Batch) throws(CommandFailure) {
        var loaded: (name: String, model: Model)?
        for cell in cells {
            let name = [cell.model, cell.task.name, cell.variant.name, cell.picture]
                .compactMap(\.self).joined(separator: " ")
            if let row = row(cell), isDone(cell) {
                try batch.attempt(name) { .skipped(figures(of: row)) }
                continue
            }
            if let wanted = cell.model, loaded?.name != wanted, let folder = folders[wanted] {
                do {
                    let needsPrior = recipe.variants.contains { $0.method.needsPrior }
                    loaded = (
                        wanted,
                        try Model(folder, needsPrior: needsPrior, precision: precision)
                    )
                } catch { throw .model(error.description) }
            }
            try batch.attempt(name) {
                let identity = identities[cell] ?? [:]
                var row: JSONObject = ["cell": .object(identity)]
                for figure in try figures(of: cell, with: loaded?.model, in: batch).members {
                    row[figure.name] = figure.value
                }
                rows[identity] = row
                try writeRows()
                return .done(figures(of: row))
            }
        }
        do { try writeReport(in: batch) } catch { throw .storage(sentence(of: error)) }
    }

    /// Recovers a picture and measures the result.
    private func figures(
        of cell: ExperimentCell, with model: Model?, in batch: Batch
    ) throws -> JSONObject {
        guard let file = files[cell.picture] else { throw ItemFailure("the picture is gone") }
        let image = try file.image()
        if let model, !cell.task.damage.givesPicture,
            max(image.width, image.height) > model.maximumSideAtOnce
        {
            throw ItemFailure(
                "the picture is \(image.width) x \(image.height) pixels, but '\(cell.task.name)' is "
                    + "measured as a whole, of at most \(model.maximumSideAtOnce) a side; cut it")
        }
        let trial = Trial(
            degradation: cell.task.degradation, method: cell.variant.method, options: cell.options)
        let start = ContinuousClock.now
        let outcome = trial.run(
            on: image, with: cell.variant.method.needsModel ? model : nil,
            advance: batch.progress.advance)
        let (comparison, recovered) = (outcome.comparison, outcome.recovered)
        let seconds = (ContinuousClock.now - start).inSeconds
        if isOnSheet(cell) {
            try makeFolders(picturePath(cell).folder)
            try recovered.image.write(to: picturePath(cell))
        }
        var row: JSONObject = ["psnr": .real(comparison.psnr)]
        row["ssim"] = comparison.ssim.map { .real($0) }
        row["holePsnr"] = comparison.holePSNR.map { .real($0) }
        row["residual"] = .real(recovered.residual)
        if cell.variant.method.needsPrior { row["decodes"] = .integer(recovered.decodeCount) }
        row["seconds"] = .real((seconds * 1000).rounded() / 1000)
        return row
    }

    /// The members of a row that are results.
    private func figures(of row: JSONObject) -> JSONObject {
        var figures = JSONObject()
        if case .object(let identity)? = row["cell"] { figures = identity }
        for member in row.members where member.name != "cell" {
            figures[member.name] = member.value
        }
        return figures
    }

    /// Writes all rows in the order of the plan, so that the file never holds half a row.
    private func writeRows() throws {
        let lines = (cells.compactMap(row) + otherRows)
            .map { JSONValue.object($0).compactText + "\n" }
        try write(lines.joined(), as: "rows.jsonl")
    }

    private func write(_ text: String, as name: String) throws {
        try makeFolders(folder)
        var file = try AtomicFile(path: folder + "/" + name)
        try file.write(Array(text.utf8))
        try file.commit()
    }

    // The report.

    /// What was found so far.
    var report: ExperimentReport {
        ExperimentReport(
            cells.compactMap { cell in
                row(cell).map { (cell, figures(of: $0)) }
            })
    }

    private func writeReport(in batch: Batch) throws {
        let report = report
        try write(report.markdown, as: "table.md")
        for task in report.tasks {
            try write(report.plot(of: task).svg, as: "plot-\(task.name).svg")
            try writeSheet(of: task, in: batch)
        }
    }

    private func isOnSheet(_ cell: ExperimentCell) -> Bool {
        cell.seed == recipe.seeds.first
            && names.prefix(recipe.sheetCount).contains(cell.picture)
    }

    private func picturePath(_ cell: ExperimentCell) -> String {
        let parts = [cell.task.name, cell.model ?? "none", cell.variant.name]
        let place = parts.map { part in String(part.map { $0 == "/" || $0 == " " ? "-" : $0 }) }
        return "\(folder)/pictures/\(place.joined(separator: "/"))/\(cell.picture).png"
    }

    /// One row a picture: as it was, damaged, and by every method.
    private func writeSheet(of task: ExperimentTask, in batch: Batch) throws {
        let shown = cells.filter { $0.task == task && isOnSheet($0) }
        var pictures: [ContactSheet.Picture] = []
        var columnCount = 1
        for name in names.prefix(recipe.sheetCount) {
            guard let image = try files[name]?.image(), let seed = recipe.seeds.first else {
                continue
            }
            let random = RandomSource(seed: seed, key: itemKey(name))
            let measured = task.degradation.measure(image, random: random)
            var row = [
                ContactSheet.Picture(image: measured.original, label: name.lastComponent),
                ContactSheet.Picture(image: measured.picture, label: task.name),
            ]
            for cell in shown where cell.picture == name {
                guard isRegularFile(picturePath(cell)) else { continue }
                row.append(
                    ContactSheet.Picture(
                        image: try Image(contentsOf: picturePath(cell)),
                        label: folders.count > 1
                            ? "\(cell.variant.name) \(cell.model ?? "")" : cell.variant.name))
            }
            columnCount = max(columnCount, row.count)
            pictures += row
        }
        guard !pictures.isEmpty else { return }
        let sheet = ContactSheet(pictures: pictures, columnCount: columnCount)
        let path = "\(folder)/sheet-\(task.name).png"
        guard sheet.size.width * sheet.size.height <= SheetCommand.maximumPixelCount else {
            batch.note(path, "the sheet would be too large and is left out; lower 'sheet'")
            return
        }
        try sheet.image.write(to: path)
    }

    // The plan.

    /// What is to be done, and what it costs, as lines for people.
    var planLines: [String] {
        let seeds = recipe.seeds.map { String($0) }.joined(separator: ", ")
        var lines = [
            "\(counted(names.count, "picture")), \(counted(recipe.tasks.count * recipe.noises.count, "task")), "
                + "seeds \(seeds), \(counted(folders.count, "model"))"
        ]
        for variant in recipe.variants {
            let own = cells.filter { $0.variant == variant }
            lines.append(
                "\(variant.name): \(own.count) rows of \(variant.decodeCount) decodes, "
                    + "\(own.count(where: isDone)) done")
        }
        let left = cells.filter { !isDone($0) }
        let decodes = left.reduce(0) { $0 + $1.variant.decodeCount }
        lines.append(
            "left: \(left.count) of \(cells.count) rows, \(decodes) decodes if each picture is one window"
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
        for cell in cells {
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
