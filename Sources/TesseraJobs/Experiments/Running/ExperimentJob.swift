import TesseraCheckpoint
import TesseraFiles
import TesseraInverse
import TesseraJSON
import TesseraPipeline
import TesseraTensor
import TesseraTokenizer

/// An experiment: methods compared on degraded pictures, as a sequence of what happens.
///
///     let pictures = InputList(["photos"]).files
///     for event in try ExperimentJob(recipe, pictures: pictures, into: "results") {
///         if case .finished(let report) = try event.get() { print(report.markdown) }
///     }
///
/// To iterate is to do the cells that have no row yet, and then to write tables, plots and contact
/// sheets; leaving the loop stops it. Whoever iterates again, now or in another process, goes on where
/// it was: a row is the same in whatever order they come.
public struct ExperimentJob: Sequence, Sendable {
    /// What is asked.
    public let recipe: ExperimentRecipe

    /// All cells, in the order of the report.
    public let cells: [ExperimentCell]

    /// The names of the pictures.
    public let pictures: [String]

    /// The model folders by their names in cells.
    let folders: [String: ModelFolder]

    /// Where results go.
    let folder: String

    let settings: ExperimentSettings

    /// The pictures by their names.
    let files: [String: InputFile]

    /// What other programs made.
    let others: [ExperimentCell: OtherPrograms.Entry]

    /// What tells the cells from each other.
    let identities: [ExperimentCell: JSONObject]

    private let kernel: BlurKernel?

    /// Plans an experiment.
    ///
    /// - Parameters:
    ///   - recipe: What is asked.
    ///   - pictures: The pictures.
    ///   - folder: Where results go; the rows that are there are not done again.
    ///   - settings: How it runs.
    /// - Throws: ``JobError`` about the model if there is no such model, or about the usage if rows or
    ///   the kernel cannot be read or two pictures have one name.
    public init(
        _ recipe: ExperimentRecipe, pictures: [InputFile], into folder: String,
        settings: ExperimentSettings = ExperimentSettings()
    ) throws(JobError) {
        self.recipe = recipe
        self.settings = settings
        self.folder = folder
        self.pictures = pictures.map(\.key)
        var files: [String: InputFile] = [:]
        for file in pictures {
            guard files.updateValue(file, forKey: file.key) == nil else {
                throw .usage("two pictures have the name '\(file.key)'; rename one of them")
            }
        }
        self.files = files
        if settings.denoiser == nil,
            let variant = recipe.variants.first(where: { $0.method?.needsDenoiser ?? false })
        {
            throw .usage("the method '\(variant.series)' needs a denoiser, and there is none")
        }
        if settings.denoiser?.network.sharpener == nil,
            let variant = recipe.variants.first(where: { $0.look != .faithful })
        {
            throw .usage(
                "the look '\(variant.look.name)' needs a sharpener, and the denoiser has none")
        }
        let folders = try ExperimentJob.folders(of: recipe)
        self.folders = folders
        let models = recipe.models.isEmpty ? Array(folders.keys) : recipe.models
        do { kernel = try recipe.kernel.map { path in try BlurKernel(contentsOf: path) } } catch {
            throw .usage("\(error)")
        }
        let others = try OtherPrograms(
            folder + "/others", for: recipe, pictures: Set(self.pictures)
        ).entries
        self.others = Dictionary(uniqueKeysWithValues: others.map { ($0.cell, $0) })
        cells =
            recipe.cells(models: models, pictures: self.pictures) + others.map(\.cell)
        let paths = self.others.mapValues(\.path)
        identities = Dictionary(
            cells.map { ($0, settings.identity(of: $0, folders: folders, path: paths[$0])) },
            uniquingKeysWith: { first, _ in first })
        _ = try rows()
    }

    /// Starts the work.
    ///
    /// - Returns: What happens. ``ExperimentEvent/finished(_:)`` is the last event of an experiment that
    ///   was not stopped; a failure is of a model that does not load or of the disk.
    public func makeIterator() -> JobEvents<ExperimentEvent> {
        JobEvents { [self] (events) throws(JobError) in
            var work = ExperimentWork(self, rows: try rows(), telling: events)
            try work.run()
        }
    }

    /// Reads the rows that there are.
    func rows() throws(JobError) -> ExperimentRows {
        try ExperimentRows(folder + "/rows.jsonl", of: self)
    }

    /// How pictures become measurements.
    func degradation(_ task: ExperimentTask) -> Degradation { task.degradation(kernel: kernel) }

    /// Whether a cell has its row with all that is asked, and its picture if that belongs on a contact
    /// sheet.
    func isDone(_ cell: ExperimentCell, in rows: ExperimentRows) -> Bool {
        guard let row = rows[cell], settings.perception == nil || row["perceptual"] != nil else {
            return false
        }
        return !isOnContactSheet(cell) || isRegularFile(picturePath(cell))
    }

    /// Whether the picture of a cell belongs on a contact sheet.
    func isOnContactSheet(_ cell: ExperimentCell) -> Bool {
        cell.seed == recipe.seeds.first
            && pictures.prefix(recipe.contactSheetCount).contains(cell.picture)
    }

    /// Where the picture of a cell is, or goes.
    func picturePath(_ cell: ExperimentCell) -> String {
        if let path = others[cell]?.path { return path }
        let parts = [cell.task.name, cell.model ?? "none", cell.variant.name]
        let place = parts.map { part in String(part.map { $0 == "/" || $0 == " " ? "-" : $0 }) }
        return "\(folder)/pictures/\(place.joined(separator: "/"))/\(cell.picture).png"
    }

    /// The folders of the models that a recipe needs.
    private static func folders(
        of recipe: ExperimentRecipe
    ) throws(JobError) -> [String: ModelFolder] {
        guard recipe.variants.contains(where: \.needsModel) else { return [:] }
        var folders: [String: ModelFolder] = [:]
        let shipped = ShippedModels()
        do {
            for model in recipe.models { folders[model] = try shipped.folder(model) }
            if folders.isEmpty {
                let best = try shipped.best(withPrior: true)
                folders[best.description.name] = best
            }
        } catch { throw .model(error.description) }
        return folders
    }
}

extension ExperimentSettings {
    /// What tells a cell from all others.
    fileprivate func identity(
        of cell: ExperimentCell, folders: [String: ModelFolder], path: String?
    ) -> JSONObject {
        let weights = cell.model.flatMap { folders[$0]?.description }.map { description in
            let files = ModelPart.Role.allCases.compactMap { description.parts[$0]?.file }
            return files.map { String($0.sha256.prefix(12)) }.joined(separator: "-")
        }
        var identity = cell.identity(weights: weights)
        if cell.model != nil {
            identity["decoder"] = (decodingObjective?.rawValue).map { .string($0) }
        }
        if cell.variant.needsDenoiser {
            identity["denoiser"] = (denoiser?.identity).map { .string($0) }
        }
        if cell.variant.needsPrior {
            identity["precision"] = .string(precision.rawValue)
            if isGuidedByDraft { identity["draft"] = .boolean(true) }
        }
        if let path, let bytes = try? readBytes(path: path, limit: 1 << 28) {
            // What was made anew is measured anew.
            identity["sha256"] = .string(
                String(bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }.prefix(12)))
        }
        return identity
    }
}
