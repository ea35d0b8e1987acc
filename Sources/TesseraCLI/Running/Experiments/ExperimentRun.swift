import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraJobs
import TesseraPerception
import TesseraPipeline
import TesseraTensor
import TesseraTokenizer

/// An experiment on its way: which rows there are, and how to come by the others.
final class ExperimentRun {
    /// How an experiment runs, beside what the recipe asks.
    struct Settings {
        /// Where results go.
        var folder: String

        /// The format in which prior and gradients multiply.
        var precision = Precision.float32

        /// Whether gradients go through the draft decoders.
        var isGuidedByDraft = false

        /// What the decoders of pictures were trained for, if certain ones are asked for.
        var decodingGoal: DecodingGoal?

        /// What tells how differently pictures look, or `nil`.
        var perception: PerceptualDistance?

        /// Whether measurements are stored for other programs.
        var storesMeasurements = false
    }

    /// All cells, in the order of the report.
    let cells: [ExperimentCell]

    let recipe: ExperimentRecipe
    let files: [String: InputFile]
    let names: [String]
    /// The model folders by their names in cells.
    let folders: [String: ModelFolder]
    private let settings: Settings
    private let kernel: BlurKernel?
    /// What other programs made.
    let others: [ExperimentCell: OtherPrograms.Entry]
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
    ///   - settings: How it runs.
    /// - Throws: A model failure if there is no such model, or a usage failure if rows or the kernel
    ///   cannot be read or two pictures have one name.
    init(
        _ recipe: ExperimentRecipe, files: [InputFile], settings: Settings
    ) throws(CommandFailure) {
        self.recipe = recipe
        self.settings = settings
        names = files.map(\.key)
        var named: [String: InputFile] = [:]
        for file in files {
            guard named.updateValue(file, forKey: file.key) == nil else {
                throw .usage("two pictures have the name '\(file.key)'; rename one of them")
            }
        }
        self.files = named
        var folders: [String: ModelFolder] = [:]
        if recipe.variants.contains(where: \.needsModel) {
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
        do { kernel = try recipe.kernel.map { path in try BlurKernel(contentsOf: path) } } catch {
            throw .usage("\(error)")
        }
        let others = try OtherPrograms(
            settings.folder + "/others", for: recipe, pictures: Set(names)
        ).entries
        self.others = Dictionary(uniqueKeysWithValues: others.map { ($0.cell, $0) })
        cells = recipe.cells(models: models, pictures: names) + others.map(\.cell)
        rows = [:]
        for cell in cells { identities[cell] = newIdentity(cell) }
        try readRows()
    }

    /// Where results go.
    var folder: String { settings.folder }

    private var rowsPath: String { folder + "/rows.jsonl" }

    /// How pictures become measurements.
    func degradation(_ task: ExperimentTask) -> Degradation { task.degradation(kernel: kernel) }

    /// What tells a cell from all others.
    private func newIdentity(_ cell: ExperimentCell) -> JSONObject {
        let weights = cell.model.flatMap { folders[$0]?.description }.map { description in
            let files = [description.tokenizer.file, description.prior?.file].compactMap(\.self)
            return files.map { String($0.sha256.prefix(12)) }.joined(separator: "-")
        }
        var identity = cell.identity(weights: weights)
        if cell.model != nil {
            identity["decoder"] = (settings.decodingGoal?.rawValue).map { .string($0) }
        }
        if cell.variant.needsPrior {
            identity["precision"] = .string(settings.precision.rawValue)
            if settings.isGuidedByDraft { identity["draft"] = .boolean(true) }
        }
        if let other = others[cell], let bytes = try? readBytes(path: other.path, limit: 1 << 28) {
            // What was made anew is measured anew.
            identity["sha256"] = .string(
                String(bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }.prefix(12)))
        }
        return identity
    }

    func row(_ cell: ExperimentCell) -> JSONObject? {
        identities[cell].flatMap { rows[$0] }
    }

    private func readRows() throws(CommandFailure) {
        guard isRegularFile(rowsPath) else { return }
        let planned = Set(identities.values)
        do {
            for (number, row) in try jsonLines(of: rowsPath).enumerated() {
                guard case .object(let identity)? = row["cell"] else {
                    throw JobError.item("line \(number + 1): there is no 'cell' in it")
                }
                if planned.contains(identity) {
                    rows[identity] = row
                } else {
                    otherRows.append(row)
                }
            }
        } catch {
            throw .usage(
                "\(rowsPath): \(sentence(of: error)); remove it, or name another folder")
        }
    }

    /// Whether a cell has its row with all that is asked, and its picture if that belongs on a sheet.
    func isDone(_ cell: ExperimentCell) -> Bool {
        guard let row = row(cell), settings.perception == nil || row["perceptual"] != nil else {
            return false
        }
        return !isOnSheet(cell) || isRegularFile(picturePath(cell))
    }

    /// Does the cells that are left, then writes tables, plots and sheets.
    ///
    /// - Parameter batch: Told of each cell.
    /// - Throws: A failure that ends the run.
    func run(in batch: Batch) throws(CommandFailure) {
        if settings.storesMeasurements { try storeMeasurements() }
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
                    let needsPrior = recipe.variants.contains(where: \.needsPrior)
                    loaded = (
                        wanted,
                        try Model(
                            folder, needsPrior: needsPrior, precision: settings.precision,
                            isGuidedByDraft: settings.isGuidedByDraft,
                            decodingFor: settings.decodingGoal)
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

    /// Writes what every method sees, for other programs.
    private func storeMeasurements() throws(CommandFailure) {
        let target = MeasurementFolder(path: folder + "/measurements")
        do {
            for name in names {
                guard let image = try files[name]?.image() else { continue }
                for task in recipe.experimentTasks {
                    for seed in recipe.seeds {
                        try target.store(
                            degradation(task).measure(
                                image, random: RandomSource(seed: seed, key: itemKey(name))),
                            of: task, kernel: degradation(task).blur, seed: seed, picture: name)
                    }
                }
            }
        } catch { throw .storage(sentence(of: error)) }
    }

    /// Recovers a picture and measures the result.
    private func figures(
        of cell: ExperimentCell, with model: Model?, in batch: Batch
    ) throws -> JSONObject {
        guard let file = files[cell.picture] else { throw JobError.item("the picture is gone") }
        let image = try file.image()
        if let model, !cell.task.damage.givesPicture,
            max(image.width, image.height) > model.maximumSideAtOnce
        {
            throw JobError.item(
                "the picture is \(image.width) x \(image.height) pixels, but '\(cell.task.name)' is "
                    + "measured as a whole, of at most \(model.maximumSideAtOnce) a side; cut it")
        }
        guard let method = cell.variant.method else { return try otherFigures(of: cell, image) }
        let trial = Trial(
            degradation: degradation(cell.task), method: method, options: cell.options,
            perception: settings.perception)
        let outcome = trial.run(
            on: image, with: method.needsModel ? model : nil,
            advance: batch.progress.advance)
        let recovered = outcome.recovered
        if isOnSheet(cell) {
            try makeFolders(picturePath(cell).folder)
            try recovered.image.write(to: picturePath(cell))
        }
        var row = figures(of: outcome.comparison, residual: recovered.residual)
        if method.needsPrior { row["decodes"] = .integer(recovered.decodeCount) }
        row["seconds"] = .real((outcome.duration.inSeconds * 1000).rounded() / 1000)
        return row
    }

    /// Measures what another program made.
    private func otherFigures(of cell: ExperimentCell, _ image: Image) throws -> JSONObject {
        guard let other = others[cell] else { throw JobError.item("the picture is gone") }
        let result = try Image(contentsOf: other.path)
        let measured = degradation(cell.task).measure(
            image, random: RandomSource(seed: cell.seed, key: itemKey(cell.picture)))
        let (wanted, found) = (measured.original, result)
        guard found.width == wanted.width && found.height == wanted.height else {
            throw JobError.item(
                "\(other.path) has \(found.width) x \(found.height) pixels, but the picture has "
                    + "\(wanted.width) x \(wanted.height); make it anew")
        }
        var row = figures(
            of: measured.comparison(of: result, perception: settings.perception),
            residual: measured.map.residual(of: result.pixels, given: measured.observed))
        row["seconds"] = other.seconds.map { .real($0) }
        return row
    }

    /// A comparison and a residual as members of a row; the infinite PSNR of equal pictures is left out.
    private func figures(of comparison: PictureComparison, residual: Double) -> JSONObject {
        var row: JSONObject = ["psnr": comparison.psnr.isFinite ? .real(comparison.psnr) : .null]
        row["ssim"] = comparison.ssim.map { .real($0) }
        if settings.perception != nil {
            row["perceptual"] = comparison.perceptualDistance.map { .real($0) } ?? .null
        }
        row["holePsnr"] = comparison.holePSNR.map { .real($0) }
        row["residual"] = .real(residual)
        return row
    }

    /// The members of a row that are results.
    func figures(of row: JSONObject) -> JSONObject {
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

    func write(_ text: String, as name: String) throws {
        try makeFolders(folder)
        var file = try AtomicFile(path: folder + "/" + name)
        try file.write(Array(text.utf8))
        try file.commit()
    }
}
