import TesseraPipeline

extension ExperimentReport {
    /// The tables as Markdown.
    ///
    /// Intervals are of 95 % over pictures. A difference is that of the same pictures' figures to the
    /// first line's, which tells more than two intervals: pictures differ more than methods do. A task with
    /// holes that are wide enough has a second table, of how they look.
    public var markdown: String {
        tasks.map { table($0) + holeTable($0) }.joined(separator: "\n")
    }

    private func table(_ task: ExperimentTask) -> String {
        let lines = lines[task] ?? []
        guard let first = lines.first else { return "" }
        let count = lines.map(\.pictures.count).max() ?? 0
        var text = "## \(task.name)\n\n"
        let hasPerception = lines.contains { $0.estimate("perceptual") != nil }
        text += "\(count) pictures; mean ± 95 % interval"
        if hasPerception { text += "; perceptual: distance of features, lower is nearer" }
        if task.noise > 0 { text += "; residuals are held against a noise of \(task.noise)" }
        let titles =
            ["model", "method", "decodes", "PSNR, dB", "to the first, dB", "SSIM"]
            + (hasPerception ? ["perceptual"] : []) + ["residual", "s"]
        text += "\n\n| " + titles.joined(separator: " | ") + " |\n"
        text += String(repeating: "|---", count: titles.count) + "|\n"
        for line in lines {
            let difference = difference(of: "psnr", line, to: first)
            let perception =
                hasPerception ? [interval(line.estimate("perceptual"), digits: 4)] : []
            let cells =
                [
                    line.model ?? "–", line.variant.name,
                    line.estimate("decodes").map { fixed($0.mean, 0) } ?? "–",
                    interval(line.estimate("psnr"), digits: 2),
                    interval(difference, digits: 2),
                    interval(line.estimate("ssim"), digits: 3),
                ] + perception + [
                    line.estimate("residual").map { fixed($0.mean, 3) } ?? "–",
                    line.estimate("seconds").map { fixed($0.mean, 1) } ?? "–",
                ]
            text += "| " + cells.joined(separator: " | ") + " |\n"
        }
        return text
    }

    /// How the holes of a task look, if any method has figures of that.
    private func holeTable(_ task: ExperimentTask) -> String {
        let lines = (lines[task] ?? []).filter { $0.estimate("sharpness") != nil }
        guard let first = lines.first else { return "" }
        let hasPerception = lines.contains { $0.estimate("holeDistance") != nil }
        var text =
            "\nThe hole: sharpness, gradient energy over the true one, geometric mean; octaves, "
        text +=
            "mean of |log2 sharpness|; seam, steps across the border over those along it, in parts of "
        text += "the true ones, above 1.1 is visible"
        if hasPerception {
            text +=
                "; distance, of features around the hole; Fréchet, of textures inside; both 0 if right"
        }
        let distances = ["distance", "to the first"]
        let titles =
            ["model", "method", "PSNR, dB"] + (hasPerception ? distances : [])
            + ["sharpness", "octaves"] + (hasPerception ? ["Fréchet"] : []) + ["seam", "s"]
        text += "\n\n| " + titles.joined(separator: " | ") + " |\n"
        text += String(repeating: "|---", count: titles.count) + "|\n"
        for line in lines {
            let ratios = RatioMean(line.values("sharpness"))
            var cells = [
                line.model ?? "–", line.variant.name,
                interval(line.estimate("holePsnr"), digits: 2),
            ]
            if hasPerception {
                cells.append(interval(line.estimate("holeDistance"), digits: 3))
                cells.append(
                    interval(difference(of: "holeDistance", line, to: first), digits: 3))
            }
            cells += [fixed(ratios.geometricMean, 2), fixed(ratios.octaves, 2)]
            if hasPerception { cells.append(interval(line.estimate("frechet"), digits: 3)) }
            cells.append(interval(line.estimate("seam"), digits: 2))
            cells.append(line.estimate("seconds").map { fixed($0.mean, 1) } ?? "–")
            text += "| " + cells.joined(separator: " | ") + " |\n"
        }
        return text
    }

    /// The mean difference of a figure to another line's on the same pictures; `nil` to itself.
    private func difference(of name: String, _ line: Line, to other: Line) -> Estimate? {
        guard line.model != other.model || line.variant != other.variant else { return nil }
        let differences = line.pictures.keys.sorted().compactMap { picture -> Double? in
            guard let own = line.pictures[picture]?[name],
                let others = other.pictures[picture]?[name]
            else { return nil }
            return own - others
        }
        return differences.isEmpty ? nil : Estimate(differences)
    }
}

private func interval(_ estimate: Estimate?, digits: Int) -> String {
    guard let estimate else { return "–" }
    let mean = fixed(estimate.mean, digits)
    return estimate.halfWidth > 0
        ? "\(mean) ± \(fixed(estimate.halfWidth, digits))" : mean
}
