import TesseraCuration
import TesseraDataset
import TesseraFiles
public import TesseraTokens

/// Pictures of a data set of which one is kept in place of the others.
public struct DuplicateGroup: Sendable {
    /// A picture that need not be kept.
    public struct Copy: Sendable {
        /// The key of the picture.
        public let key: String

        /// The part of the bits of its code that differ from the one of the picture that is kept.
        public let distance: Double

        /// Whether the tokens are the same.
        public let isExact: Bool
    }

    /// The key of the picture that is kept.
    public let kept: String

    /// The others, in the order of the data set.
    public internal(set) var copies: [Copy] = []
}

/// What a search for duplicates found.
public struct Duplicates: Sendable {
    /// The keys of all pictures, in the order of the data set.
    public internal(set) var keys: [String] = []

    /// The places of the pictures to keep, rising.
    public internal(set) var kept: [Int] = []

    /// The groups with a copy, in the order of what is kept.
    public internal(set) var groups: [DuplicateGroup] = []

    /// The number of copies with the tokens of what is kept.
    public internal(set) var exactCount = 0

    /// The distance that near-duplicates may have; `nil` if only equal tokens count.
    public internal(set) var threshold: Double?

    /// The number of pictures that need not be kept.
    public var copyCount: Int { keys.count - kept.count }
}

extension TokenCollection {
    /// Searches for duplicates: of each group the picture with the most pixels is kept, or the first.
    ///
    /// - Parameters:
    ///   - codeSpace: Where the codes stand, to find near-duplicates too; `nil` for equal tokens only.
    ///   - threshold: The part of the bits in which near-duplicates may differ; `nil` for the usual one
    ///     of the model.
    /// - Returns: The search.
    public func duplicates(
        by codeSpace: (any CodeSpace)?, within threshold: Double? = nil
    ) -> TokenScan<Duplicates> {
        let hash = codeSpace.map { DifferenceHash($0) }
        return TokenScan(collection: self) { (walk) throws(JobError) in
            var search = DuplicateSearch(hash: hash)
            let isWhole = try walk.forEach(
                make: { DuplicateSearch.Picture($0, hash: hash) }, take: { search.add($0) })
            guard isWhole else { return nil }
            let count = search.pictureCount
            return search.groups(within: threshold) {
                walk.events.send(.compared($0, of: count))
            }
        }
    }
}

/// The pictures of a data set as the search for duplicates sees them.
struct DuplicateSearch {
    /// What is remembered of a picture.
    struct Picture: Sendable {
        let key: String
        let pixelCount: Int
        let digest: SIMD2<UInt64>
        let words: [UInt64]

        /// Makes what is remembered of a picture; on any thread.
        init(_ entry: TokenCollection.Entry, hash: DifferenceHash?) {
            let (item, grid) = (entry.item, entry.grid)
            var digest = SHA256()
            ([Int32(grid.height), Int32(grid.width)] + grid.codes)
                .withUnsafeBytes { digest.update($0) }
            let digits = digest.hexDigest()
            let size = item.sourceSize ?? PixelSize(width: item.width, height: item.height)
            key = item.key
            pixelCount = size.width * size.height
            self.digest = SIMD2(
                UInt64(digits.prefix(16), radix: 16) ?? 0,
                UInt64(digits.dropFirst(16).prefix(16), radix: 16) ?? 0)
            words = hash?.words(of: grid) ?? []
        }
    }

    private let hash: DifferenceHash?
    private var keys: [String] = []
    private var pixelCounts: [Int] = []
    private var digests: [SIMD2<UInt64>] = []
    private var words: [UInt64] = []

    /// Prepares a search.
    ///
    /// - Parameter hash: Makes the codes of pictures; `nil` to compare tokens only.
    init(hash: DifferenceHash?) {
        self.hash = hash
    }

    /// The number of pictures.
    var pictureCount: Int { keys.count }

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
    ///   - tell: Told how many pictures are done; answers whether to go on.
    /// - Returns: What was found; `nil` if it was not to go on.
    func groups(within threshold: Double?, tell: (Int) -> Bool) -> Duplicates? {
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
        var found = Duplicates()
        found.keys = keys
        var keepers: [Int: (kept: Int, distance: Double)] = [:]
        if let hash {
            let threshold = threshold ?? hash.usualThreshold
            found.threshold = threshold
            let bits = Double(hash.bitCount)
            var goesOn = true
            let groups = DuplicateGroups(
                words: words, bitCount: hash.bitCount, order: order,
                within: Int((threshold * bits).rounded(.down))
            ) {
                goesOn = tell($0)
                return goesOn
            }
            guard goesOn else { return nil }
            for copy in groups.copies {
                keepers[copy.index] = (copy.kept, Double(copy.distance) / bits)
            }
        }
        var groups: [Int: DuplicateGroup] = [:]
        for index in keys.indices {
            let first = firsts[digests[index]] ?? index
            let (kept, distance) = keepers[first] ?? (first, 0)
            if kept == index {
                found.kept.append(index)
                continue
            }
            let isExact = kept == first
            found.exactCount += isExact ? 1 : 0
            groups[kept, default: DuplicateGroup(kept: keys[kept])].copies
                .append(
                    DuplicateGroup.Copy(key: keys[index], distance: distance, isExact: isExact))
        }
        found.groups = found.kept.compactMap { groups[$0] }
        return found
    }
}
