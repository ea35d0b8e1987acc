import Glibc
import TesseraDataset
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraTokens

extension TokenStatistics {
    private func rounded(_ value: Double) -> JSONValue { .real((value * 1e4).rounded() / 1e4) }

    private func json(_ example: TokenStatistics.Example) -> JSONValue {
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
            "positions": .integer(positionCount), "bitsPerPixel": rounded(storedBitsPerPixel),
            "entropyBitsPerPixel": rounded(entropyBitsPerPixel), "slots": .array(slots),
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
            "bits a pixel     \(fixed(storedBitsPerPixel, 3)), \(fixed(entropyBitsPerPixel, 3)) by entropy",
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
