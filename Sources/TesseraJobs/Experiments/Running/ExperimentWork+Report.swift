import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor

extension ExperimentWork {
    /// Writes tables, plots and contact sheets.
    func writeReport() throws {
        let report = rows.report
        try write(report.markdown, as: "table.md")
        for task in report.tasks {
            try write(report.plot(of: task).svg, as: "plot-\(task.name).svg")
            try writeContactSheet(of: task)
        }
        for (name, plot) in report.noisePlots {
            try write(plot.svg, as: "plot-\(name)-noises.svg")
        }
    }

    private func write(_ text: String, as name: String) throws(FileError) {
        try writeTextFile(text, to: job.folder + "/" + name)
    }

    /// One row a picture: as it was, degraded, and by every method.
    private func writeContactSheet(of task: ExperimentTask) throws {
        let shown = job.cells.filter { $0.task == task && job.isOnContactSheet($0) }
        var pictures: [ContactSheet.Picture] = []
        var columnCount = 1
        for name in job.pictures.prefix(job.recipe.contactSheetCount) {
            guard let image = try job.files[name]?.image(), let seed = job.recipe.seeds.first
            else { continue }
            let random = RandomSource(seed: seed, key: itemKey(name))
            let measured = job.degradation(task).measure(image, random: random)
            var row = [
                ContactSheet.Picture(image: measured.original, label: name.lastComponent),
                ContactSheet.Picture(image: measured.picture, label: task.name),
            ]
            for cell in shown where cell.picture == name {
                guard isRegularFile(job.picturePath(cell)) else { continue }
                row.append(
                    ContactSheet.Picture(
                        image: try Image(contentsOf: job.picturePath(cell)),
                        label: job.modelCount > 1
                            ? "\(cell.variant.name) \(cell.model ?? "")" : cell.variant.name))
            }
            columnCount = max(columnCount, row.count)
            pictures += row
        }
        guard !pictures.isEmpty else { return }
        let sheet = ContactSheet(pictures: pictures, columnCount: columnCount)
        let path = "\(job.folder)/sheet-\(task.name).png"
        guard sheet.size.width * sheet.size.height <= ContactSheet.maximumPixelCount else {
            events.send(
                .note(
                    path: path,
                    sentence: "the sheet would be too large and is left out; lower 'sheet'"))
            return
        }
        try sheet.image.write(to: path)
    }
}
