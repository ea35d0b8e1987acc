import Glibc
public import TesseraDataset
public import TesseraTokens

/// What there is to say about the grids of a data set.
public struct TokenStatistics: Sendable {
    /// A picture, and what a position of it costs on average by the frequencies of its codes.
    public typealias Example = (key: String, bits: Double)

    /// How often each code occurs.
    public private(set) var histogram: CodeHistogram

    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// The number of pictures.
    public private(set) var pictureCount = 0

    /// The number of their pixels.
    public private(set) var pixelCount = 0

    /// The number of positions of their grids.
    public private(set) var positionCount = 0

    /// The number of pictures with a text that says what they show.
    public private(set) var captionCount = 0

    /// How many pictures have each label.
    public private(set) var labelCounts: [String: Int] = [:]

    private var gridCounts: [GridSize: Int] = [:]
    private var bits: [Example] = []

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

    /// The bits of a pixel as they are stored.
    public var storedBitsPerPixel: Double { bitsPerPixel(vocabulary.map { log2(Double($0)) }) }

    /// The bits of a pixel if each code cost what its frequency in its slot allows.
    public var entropyBitsPerPixel: Double { bitsPerPixel(histogram.entropy) }

    /// The pictures with the most frequent codes, and those with the rarest, the extremes first.
    ///
    /// - Parameter count: How many of each.
    /// - Returns: The examples.
    public func examples(_ count: Int) -> (most: [Example], least: [Example]) {
        let sorted = bits.sorted { ($0.bits, $0.key) < ($1.bits, $1.key) }
        return (Array(sorted.prefix(count)), sorted.suffix(count).reversed())
    }

    /// The sizes of grids and how many there are of each, the most frequent first.
    public var grids: [(size: GridSize, count: Int)] {
        gridCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

extension TokenCollection {
    /// Counts pictures, positions and codes.
    ///
    /// - Returns: The walk, twice over all grids.
    public func statistics() -> TokenScan<TokenStatistics> {
        TokenScan(collection: self) { (walk) throws(JobError) in
            var statistics = TokenStatistics(vocabulary: origin.vocabulary)
            guard try walk.forEach(make: { $0 }, take: { statistics.add($0) }) else { return nil }
            let histogram = statistics.histogram
            // Files that failed were told of already.
            let isWhole = try walk.forEach(
                isTold: false,
                make: { ($0.item.key, histogram.bitsPerPosition(of: $0.grid.codes)) },
                take: { statistics.addBits($1, of: $0) })
            return isWhole ? statistics : nil
        }
    }
}
