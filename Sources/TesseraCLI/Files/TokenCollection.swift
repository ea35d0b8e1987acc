import TesseraCheckpoint
import TesseraDataset
import TesseraTensor
import TesseraTokens

/// The grids of a folder of token shards, or of a single shard, walked through in order.
struct TokenCollection {
    /// A grid that was read, with what is said about its picture.
    struct Entry: Sendable {
        let item: TokenItem
        let grid: TokenGrid
    }

    /// What all grids have in common.
    let origin: TokenOrigin

    /// The number of grids.
    let itemCount: Int

    private let source: TokenSource
    private static let blockSize = 512

    /// Looks at a folder's manifest, or into a file.
    ///
    /// - Parameter path: What the command line names.
    /// - Throws: A usage failure if there are no tokens.
    init(_ path: String) throws(CommandFailure) {
        do { source = try TokenSource(path) } catch { throw .usage("\(error)") }
        guard !source.files.isEmpty else {
            throw .usage("\(path): there are no tokens in it")
        }
        origin = source.origin
        itemCount = source.itemCount
    }

    /// Makes a value of each grid, many at once on all threads.
    ///
    /// - Parameters:
    ///   - console: Where progress is told, and which files cannot be read; `nil` for nowhere. Other
    ///     files go on.
    ///   - isQuiet: Whether progress is not told.
    ///   - make: Makes the value of a grid; on any thread.
    ///   - take: Given the values in order.
    /// - Returns: The number of files that could not be read.
    func forEach<Value: Sendable>(
        on console: Console?, isQuiet: Bool = false, make: (Entry) -> Value, take: (Value) -> Void
    ) -> Int {
        let progress = console.map {
            ProgressLine(on: $0, isQuiet: isQuiet, itemCount: itemCount)
        }
        var failedCount = 0
        for name in source.files {
            progress?.begin(name)
            do throws(DatasetError) {
                let file = try source.open(name)
                for start in stride(from: 0, to: file.items.count, by: TokenCollection.blockSize) {
                    let places = start ..< min(start + TokenCollection.blockSize, file.items.count)
                    for value in try values(of: file, places, make: make) {
                        take(value)
                        progress?.end()
                    }
                }
            } catch {
                failedCount += 1
                progress?.clear()
                console?.report(source.path + "/" + name, error.located.sentence)
            }
        }
        progress?.clear()
        return failedCount
    }

    private func values<Value: Sendable>(
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
