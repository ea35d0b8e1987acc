import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraPipeline
import TesseraTensor

extension ExperimentRun {
    /// What was found so far.
    var report: ExperimentReport {
        ExperimentReport(
            cells.compactMap { cell in
                row(cell).map { (cell, figures(of: $0)) }
            })
    }

    func writeReport(in batch: Batch) throws {
        let report = report
        try write(report.markdown, as: "table.md")
        for task in report.tasks {
            try write(report.plot(of: task).svg, as: "plot-\(task.name).svg")
            try writeSheet(of: task, in: batch)
        }
        for (degradation, plot) in report.noisePlots {
            try write(plot.svg, as: "plot-\(degradation.name)-noises.svg")
        }
    }

    func isOnSheet(_ cell: ExperimentCell) -> Bool {
        cell.seed == recipe.seeds.first
            && names.prefix(recipe.sheetCount).contains(cell.picture)
    }

    func picturePath(_ cell: ExperimentCell) -> String {
        if let path = others[cell]?.path { return path }
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
            let measured = degradation(task).measure(image, random: random)
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
}
