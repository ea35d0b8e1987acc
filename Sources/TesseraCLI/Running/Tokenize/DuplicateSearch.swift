import TesseraJSON
import TesseraFiles
import TesseraCuration
import TesseraDataset
import TesseraPipeline
import TesseraTokens

/// The pictures of a data set as the search for duplicates sees them, and what it finds.
struct DuplicateSearch {
    /// What is remembered of a picture.
    struct Picture: Sendable {
        let key: String
        let pixelCount: Int
        let digest: SIMD2<UInt64>
        let words: [UInt64]
    }

    /// Pictures of which one is kept.
    struct Group {
        let kept: String
        var copies: [(key: String, distance: Double, isExact: Bool)] = []
    }

    /// What was found.
    struct Found {
        /// The places of the pictures to keep, rising.
        var kept: [Int] = []

        /// The groups with a copy, in the order of what is kept.
        var groups: [Group] = []

        /// The copies with the tokens of what is kept.
        var exactCount = 0

        /// The distance that near-duplicates may have; `nil` if only equal tokens count.
        var threshold: Double?
    }

    /// The keys of the pictures.
    private(set) var keys: [String] = []

    private let hash: DifferenceHash?
    private var pixelCounts: [Int] = []
    private var digests: [SIMD2<UInt64>] = []
    private var words: [UInt64] = []

    /// Prepares a search.
    ///
    /// - Parameter hash: Makes the codes of pictures; `nil` to compare tokens only.
    init(hash: DifferenceHash?) {
        self.hash = hash
    }

    /// Makes what is remembered of a picture; on any thread.
    func picture(_ entry: TokenCollection.Entry) -> Picture {
        let (item, grid) = (entry.item, entry.grid)
        var digest = SHA256()
        ([Int32(grid.height), Int32(grid.width)] + grid.codes).withUnsafeBytes { digest.update($0) }
        let digits = digest.hexDigest()
        let size = item.sourceSize ?? PixelSize(width: item.width, height: item.height)
        return Picture(
            key: item.key, pixelCount: size.width * size.height,
            digest: SIMD2(
                UInt64(digits.prefix(16), radix: 16) ?? 0,
                UInt64(digits.dropFirst(16).prefix(16), radix: 16) ?? 0),
            words: hash?.words(of: grid) ?? [])
    }

    /// Adds a picture.
    mutating func add(_ picture: Picture) {
        keys.append(picture.key)
        pixelCounts.append(picture.pixelCount)
        digests.append(picture.digest)
        words += picture.words
    }

    /// Groups the pictures.
    ///
    /// - Parameters:
    ///   - threshold: The part of the bits in which copies may differ; `nil` for the usual one.
    ///   - tell: Told how many pictures are done.
    /// - Returns: What was found.
    func groups(within threshold: Double?, tell: (Int) -> Void) -> Found {
        let preferred = keys.indices.sorted {
            (-pixelCounts[$0], $0) < (-pixelCounts[$1], $1)
        }
        // Of equal tokens one is compared with the others.
        var firsts: [SIMD2<UInt64>: Int] = [:]
        var order: [Int] = []
        for index in preferred where firsts[digests[index]] == nil {
            firsts[digests[index]] = index
            order.append(index)
        }
        var found = Found()
        var keepers: [Int: (kept: Int, distance: Double)] = [:]
        if let hash {
            let threshold = threshold ?? hash.usualThreshold
            found.threshold = threshold
            let bits = Double(hash.bitCount)
            let groups = DuplicateGroups(
                words: words, bitCount: hash.bitCount, order: order,
                within: Int((threshold * bits).rounded(.down)), tell: tell)
            for copy in groups.copies {
                keepers[copy.index] = (copy.kept, Double(copy.distance) / bits)
            }
        }
        var groups: [Int: Group] = [:]
        for index in keys.indices {
            let first = firsts[digests[index]] ?? index
            let (kept, distance) = keepers[first] ?? (first, 0)
            if kept == index {
                found.kept.append(index)
                continue
            }
            let isExact = kept == first
            found.exactCount += isExact ? 1 : 0
            groups[kept, default: Group(kept: keys[kept])].copies
                .append((keys[index], distance, isExact))
        }
        found.groups = found.kept.compactMap { groups[$0] }
        return found
    }
}

extension DuplicateSearch.Group {
    /// The group for programs.
    var json: JSONObject {
        [
            "keep": .string(kept),
            "copies": .array(
                copies.map {
                    [
                        "key": .string($0.key),
                        "distance": .real(($0.distance * 1e4).rounded() / 1e4),
                        "exact": .boolean($0.isExact),
                    ]
                }),
        ]
    }

    /// The group for people.
    var text: String {
        ([kept.printable]
            + copies.map {
                "  \($0.isExact ? "equal" : fixed($0.distance, 3))  \($0.key.printable)"
            }).joined(separator: "\n")
    }
}
