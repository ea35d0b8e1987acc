public import TesseraDataset
import TesseraTensor
public import TesseraTokens

/// The grids of a folder of token shards, or of a single shard, walked through in order.
///
///     let tokens = try TokenCollection("tokens")
///     for event in tokens.statistics() {
///         if case .finished(let statistics) = try event.get() { print(statistics.pictureCount) }
///     }
public struct TokenCollection: Sendable {
    /// A grid that was read, with what is said about its picture.
    public struct Entry: Sendable {
        /// What is said about the picture.
        public let item: TokenItem

        /// Its tokens.
        public let grid: TokenGrid
    }

    /// The path of the folder or of the shard.
    public let path: String

    /// What all grids have in common.
    public let origin: TokenOrigin

    /// The number of grids.
    public let itemCount: Int

    let source: TokenSource

    /// The grids that are in memory at once.
    static let blockSize = 512

    /// Looks at a folder's manifest, or into a file.
    ///
    /// - Parameter path: The path of the folder or of the shard.
    /// - Throws: ``JobError`` about the usage if there are no tokens.
    public init(_ path: String) throws(JobError) {
        self.path = path
        do { source = try TokenSource(path) } catch { throw .usage("\(error)") }
        guard !source.files.isEmpty else {
            throw .usage("\(path): there are no tokens in it")
        }
        origin = source.origin
        itemCount = source.itemCount
    }

    /// Makes a value of each grid of a block, on all threads.
    static func values<Value: Sendable>(
        of file: any GridFile, _ places: Range<Int>, make: (Entry) -> Value
    ) throws(DatasetError) -> [Value] {
        var results = [Result<Value, DatasetError>?](repeating: nil, count: places.count)
        results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            ThreadPool.run(count: places.count) { place in
                let index = places.lowerBound + place
                results[place] = Result { () throws(DatasetError) in
                    make(Entry(item: file.items[index], grid: try file.grid(at: index)))
                }
            }
        }
        var values: [Value] = []
        for result in results {
            if let value = try result?.get() { values.append(value) }
        }
        return values
    }
}
