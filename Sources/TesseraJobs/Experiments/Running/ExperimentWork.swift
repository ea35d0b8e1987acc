import TesseraCheckpoint
import TesseraFiles
package import TesseraImage
package import TesseraInverse
import TesseraJSON
package import TesseraPipeline
import TesseraTensor

/// An experiment at work: it does the cells that are left, then writes the report.
struct ExperimentWork {
    let job: ExperimentJob
    let events: JobChannel<ExperimentEvent>
    private(set) var rows: ExperimentRows
    private var loaded: (name: String, model: Model)?

    init(
        _ job: ExperimentJob, rows: ExperimentRows, telling events: JobChannel<ExperimentEvent>
    ) {
        self.job = job
        self.rows = rows
        self.events = events
    }

    /// Does the cells that are left, then writes tables, plots and contact sheets.
    ///
    /// - Throws: ``JobError`` that ends the experiment.
    mutating func run() throws(JobError) {
        do { if job.settings.storesMeasurements { try storeMeasurements() } } catch {
            throw .storage(sentence(of: error))
        }
        for cell in job.cells where !events.isClosed { try run(cell) }
        guard !events.isClosed else { return }
        do { try writeReport() } catch { throw .storage(sentence(of: error)) }
        events.send(.finished(rows.report))
    }

    private mutating func run(_ cell: ExperimentCell) throws(JobError) {
        if job.isDone(cell, in: rows), let figures = rows.figures(of: cell) {
            events.send(.began(cell))
            events.send(.skipped(cell, figures))
            return
        }
        let model = try model(of: cell)
        events.send(.began(cell))
        do {
            guard let row = try figures(of: cell, with: model) else { return }
            try rows.set(row, of: cell)
            events.send(.done(cell, rows.figures(of: cell) ?? row))
        } catch {
            let failure = JobError(item: error)
            events.send(.failed(cell, failure))
            if failure.kind == .storage { throw .nothingMoreCanBeWritten }
        }
    }

    /// The model of a cell; the last one is kept, since cells come model by model.
    private mutating func model(of cell: ExperimentCell) throws(JobError) -> Model? {
        if let wanted = cell.model, loaded?.name != wanted, let folder = job.folders[wanted] {
            let settings = job.settings
            do {
                loaded = (
                    wanted,
                    try Model(
                        folder, needsPrior: job.recipe.variants.contains(where: \.needsPrior),
                        precision: settings.precision, isGuidedByDraft: settings.isGuidedByDraft,
                        decodingFor: settings.decodingObjective)
                )
            } catch { throw .model(error.description) }
        }
        return loaded?.model
    }

    /// Writes what every method sees, for other programs.
    private func storeMeasurements() throws {
        let target = MeasurementFolder(path: job.folder + "/measurements")
        for name in job.pictures {
            guard !events.isClosed, let image = try job.files[name]?.image() else { continue }
            for task in job.recipe.experimentTasks {
                let degradation = job.degradation(task)
                for seed in job.recipe.seeds {
                    try target.store(
                        degradation.measure(
                            image, random: RandomSource(seed: seed, key: itemKey(name))),
                        of: task, kernel: degradation.blur, seed: seed, picture: name)
                }
            }
        }
    }

    /// Recovers a picture and measures the result; `nil` if it was stopped.
    private func figures(of cell: ExperimentCell, with model: Model?) throws -> JSONObject? {
        guard let file = job.files[cell.picture] else { throw JobError.item("the picture is gone") }
        let image = try file.image()
        if let model {
            try model.checkSize(of: image, for: cell.task.degradation, named: cell.task.name)
        }
        guard let method = cell.variant.method else { return try otherFigures(of: cell, image) }
        var options = cell.options
        if cell.variant.needsDenoiser { options.denoiser = job.settings.denoiser?.network }
        let trial = Trial(
            degradation: job.degradation(cell.task), method: method, options: options,
            perception: job.settings.perception)
        let run = trial.run(on: image, with: method.needsModel ? model : nil)
        for step in run {
            guard events.send(.step(step.step, of: step.stepCount)) else { return nil }
        }
        guard !events.isClosed else { return nil }
        let outcome = run.result()
        let recovered = outcome.recovered
        if job.isOnContactSheet(cell) {
            try makeFolders(job.picturePath(cell).folder)
            try recovered.image.write(to: job.picturePath(cell))
        }
        var row = figures(of: outcome.comparison, residual: recovered.residual)
        if method.needsPrior { row["decodes"] = .integer(recovered.decodeCount) }
        row["seconds"] = .real(outcome.duration.roundedSeconds)
        return row
    }

    /// Measures what another program made.
    private func otherFigures(of cell: ExperimentCell, _ image: Image) throws -> JSONObject {
        guard let other = job.others[cell] else { throw JobError.item("the picture is gone") }
        let result = try Image(contentsOf: other.path)
        let measured = job.degradation(cell.task).measure(
            image, random: RandomSource(seed: cell.seed, key: itemKey(cell.picture)))
        let (wanted, found) = (measured.original, result)
        guard found.width == wanted.width && found.height == wanted.height else {
            throw JobError.item(
                "\(other.path) has \(found.width) x \(found.height) pixels, but the picture has "
                    + "\(wanted.width) x \(wanted.height); make it anew")
        }
        var row = figures(
            of: measured.comparison(of: result, perception: job.settings.perception),
            residual: measured.forwardOperator.residual(of: result.pixels, given: measured.observed)
        )
        row["seconds"] = other.seconds.map { .real($0) }
        return row
    }

    /// A comparison and a residual as members of a row; the infinite PSNR of equal pictures is left out.
    private func figures(of comparison: PictureComparison, residual: Double) -> JSONObject {
        var row: JSONObject = ["psnr": comparison.psnr.isFinite ? .real(comparison.psnr) : .null]
        row["ssim"] = comparison.ssim.map { .real($0) }
        if job.settings.perception != nil {
            row["perceptual"] = comparison.perceptualDistance.map { .real($0) } ?? .null
        }
        row["holePsnr"] = comparison.holePSNR.map { .real($0) }
        if let hole = comparison.hole {
            row["holeDistance"] = hole.perceptualDistance.map { .real($0) }
            row["sharpness"] = .real(hole.sharpness)
            row["frechet"] = hole.frechetDistance.map { .real($0) }
            row["seam"] = hole.seam.map { .real($0) }
        }
        row["residual"] = .real(residual)
        return row
    }
}

extension Model {
    /// Checks that a picture is not too large for a measurement of the whole of it.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - degradation: What it is degraded by.
    ///   - name: What the task is called; the degradation's name unless given.
    /// - Throws: ``JobError`` about the item if it is.
    package func checkSize(
        of image: Image, for degradation: Degradation, named name: String? = nil
    ) throws(JobError) {
        guard !degradation.givesPicture,
            max(image.width, image.height) > maximumSideAtOnce
        else { return }
        throw .item(
            "the picture is \(image.width) x \(image.height) pixels, but "
                + "'\(name ?? degradation.name)' is measured as a whole, of at most "
                + "\(maximumSideAtOnce) a side; cut it")
    }
}
