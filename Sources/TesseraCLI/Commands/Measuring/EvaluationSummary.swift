import TesseraInverse
import TesseraJSON
import TesseraPipeline
import TesseraTokens

/// The figures of one picture, by name and in order.
struct Figures {
    private(set) var members: [(name: String, value: Double)] = []

    /// A figure; setting `nil` leaves it out.
    subscript(name: String) -> Double? {
        get { members.first { $0.name == name }?.value }
        set { if let newValue { members.append((name, newValue)) } }
    }

    /// The figures as JSON; infinite ones become `null`.
    var json: JSONObject {
        var object = JSONObject()
        for (name, value) in members { object[name] = .real(value) }
        return object
    }

    /// The figures as a line for people.
    func line(named name: String) -> String {
        let words = members.map { "\($0.name) \(fixed($0.value, Figures.digitCount($0.name)))" }
        return ([name.printable] + words).joined(separator: "  ")
    }

    private static func digitCount(_ name: String) -> Int {
        name.hasSuffix("sim")
            || ["perceptual", "holeDistance", "frechet", "residual", "noise", "outsideChange"]
                .contains(name)
            ? 4 : 2
    }
}

/// What an evaluation says at its end.
struct EvaluationSummary {
    /// How often each code occurred; absent if no tokens are counted.
    var histogram: CodeHistogram?

    private let task: String
    private let method: String?
    private let modelName: String?
    private var all: [Figures] = []

    init(task: String, method: String?, model: Model?, countsCodes: Bool) {
        self.task = task
        self.method = method
        modelName = model?.name
        if countsCodes, let model {
            histogram = CodeHistogram(vocabulary: model.tokenizer.codeSpace.vocabulary)
        }
    }

    mutating func add(_ figures: Figures) {
        all.append(figures)
    }

    /// The mean of each figure over the pictures that have it, of sharpness the geometric one and how far
    /// it is from 1.
    var mean: Figures {
        var names: [String] = []
        for figures in all {
            for (name, _) in figures.members where !names.contains(name) { names.append(name) }
        }
        var mean = Figures()
        for name in names {
            let values = all.compactMap { $0[name] }
            if name == "sharpness" {
                let ratios = RatioMean(values)
                mean[name] = ratios.geometricMean
                mean["sharpnessOctaves"] = ratios.octaves
            } else {
                mean[name] = values.reduce(0, +) / Double(values.count)
            }
        }
        return mean
    }

    /// The means, then what they are of.
    var json: JSONObject {
        var object: JSONObject = ["mean": .object(mean.json)]
        if let histogram {
            object["codebook"] = [
                "usage": .array(histogram.usage.map { .real($0) }),
                "perplexity": .array(histogram.perplexity.map { .real($0) }),
            ]
        }
        object["count"] = .integer(all.count)
        object["task"] = .string(task)
        if let method { object["method"] = .string(method) }
        if let modelName { object["model"] = .string(modelName) }
        return object
    }

    /// The same for people.
    var lines: [String] {
        guard !all.isEmpty else { return [] }
        var lines = [mean.line(named: "mean of \(all.count)")]
        if let histogram {
            for (slot, (usage, perplexity)) in zip(histogram.usage, histogram.perplexity)
                .enumerated()
            {
                lines.append(
                    "slot \(slot)  codes in use \(fixed(usage * 100, 1)) %  "
                        + "perplexity \(fixed(perplexity, 1))")
            }
        }
        return lines
    }
}
