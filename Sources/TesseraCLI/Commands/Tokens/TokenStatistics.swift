import TesseraJSON
import Glibc
import TesseraDataset
import TesseraInverse
import TesseraPipeline
import TesseraTokens

/// What there is to say about the grids of a data set.
struct TokenStatistics {
    /// How often each code occurs.
    private(set) var histogram: CodeHistogram

    private let vocabulary: [Int]
    private var pictureCount = 0
    private var pixelCount = 0
    private var positionCount = 0
    private var captionCount = 0
    private var gridCounts: [GridSize: Int] = [:]
    private var labelCounts: [String: Int] = [:]
    private var bits: [Example] = []

    private typealias Example = (key: String, bits: Double)

    init(vocabulary: [Int]) {
        self.vocabulary = vocabulary
        histogram = CodeHistogram(vocabulary: vocabulary)
    }

    /// Counts a picture.
    mutating func add(_ entry: TokenCollection.Entry) {
        let (item, grid) = (entry.item, entry.grid)
        pictureCount += 1
        pixelCount += item.width * item.height
        positionCount += grid.positionCount
        captionCount += item.caption == nil ? 0 : 1
        gridCounts[GridSize(height: grid.height, width: grid.width), default: 0] += 1
        if let label = item.label { labelCounts[label, default: 0] += 1 }
        histogram.add(grid.codes)
    }

    /// Notes what a position of a picture costs on average by the frequencies of its codes.
    mutating func addBits(_ bits: Double, of key: String) {
        self.bits.append((key, bits))
    }

    /// The bits that the codes of a pixel's share of a position cost, if each costs `slotBits`.
    private func bitsPerPixel(_ slotBits: [Double]) -> Double {
        Double(positionCount) * slotBits.reduce(0, +) / Double(max(pixelCount, 1))
    }

    private var storedBits: Double { bitsPerPixel(vocabulary.map { log2(Double($0)) }) }
    private var entropyBits: Double { bitsPerPixel(histogram.entropy) }

    /// The pictures with the most frequent codes, and those with the rarest, the extremes first.
    private func examples(_ count: Int) -> (most: [Example], least: [Example]) {
        let sorted = bits.sorted { ($0.bits, $0.key) < ($1.bits, $1.key) }
        return (Array(sorted.prefix(count)), sorted.suffix(count).reversed())
    }

    private var grids: [(size: GridSize, count: Int)] {
        gridCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private func rounded(_ value: Double) -> JSONValue { .real((value * 1e4).rounded() / 1e4) }

    private func json(_ example: Example) -> JSONValue {
        ["key": .string(example.key), "bitsPerPosition": rounded(example.bits)]
    }

    /// Everything, for programs.
    func json(exampleCount: Int) -> JSONObject {
        let (most, least) = examples(exampleCount)
        let slots = vocabulary.indices.map { slot -> JSONValue in
            [
                "vocabulary": .integer(vocabulary[slot]), "usage": rounded(histogram.usage[slot]),
                "entropy": rounded(histogram.entropy[slot]),
                "perplexity": rounded(histogram.perplexity[slot]),
            ]
        }
        return [
            "pictures": .integer(pictureCount), "pixels": .integer(pixelCount),
            "positions": .integer(positionCount), "bitsPerPixel": rounded(storedBits),
            "entropyBitsPerPixel": rounded(entropyBits), "slots": .array(slots),
            "grids": .array(
                grids.map {
                    [
                        "height": .integer($0.size.height), "width": .integer($0.size.width),
                        "pictures": .integer($0.count),
                    ]
                }),
            "captions": .integer(captionCount), "labels": .object(JSONObject(counts: labelCounts)),
            "mostTypical": .array(most.map(json)), "leastTypical": .array(least.map(json)),
        ]
    }

    /// The same, shorter, for people.
    func lines(exampleCount: Int) -> [String] {
        var lines = [
            "pictures         \(pictureCount)", "positions        \(positionCount)",
            "bits a pixel     \(fixed(storedBits, 3)), \(fixed(entropyBits, 3)) by entropy",
        ]
        for slot in vocabulary.indices {
            lines.append(
                "slot \(slot)           \(fixed(100 * histogram.usage[slot], 1)) % of "
                    + "\(vocabulary[slot]) codes in use, entropy \(fixed(histogram.entropy[slot], 2)) "
                    + "bits, perplexity \(fixed(histogram.perplexity[slot], 1))")
        }
        lines += grids.prefix(5).map {
            "grids            \($0.size.height) x \($0.size.width): \($0.count)"
        }
        if grids.count > 5 { lines.append("grids            \(grids.count - 5) more sizes") }
        if !labelCounts.isEmpty { lines.append("labels           \(labelCounts.count)") }
        let (most, least) = examples(exampleCount)
        for (word, examples) in [("most typical ", most), ("least typical", least)] {
            lines += examples.map {
                "\(word)    \(fixed($0.bits, 2)) bits a position: \($0.key.printable)"
            }
        }
        return lines
    }
}
