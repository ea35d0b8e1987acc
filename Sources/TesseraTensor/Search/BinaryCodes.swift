import CTesseraKernels

/// Codes of so many bits each, kept as kernels that count differing bits read them.
///
/// Eight codes stand side by side, word by word: `[count / 8, rounded up][words][8]`.
public struct BinaryCodes: Sendable {
    /// The number of bits of a code.
    public let bitCount: Int

    /// The number of codes.
    public private(set) var count = 0

    private var blocks: [UInt64] = []

    /// Makes an empty list of codes.
    ///
    /// - Parameter bitCount: The number of bits of a code, at least 1.
    public init(bitCount: Int) {
        precondition(bitCount > 0, "A code has at least one bit")
        self.bitCount = bitCount
    }

    /// The 64-bit words of a code; the bits that are left over in the last one are 0.
    public static func wordCount(bitCount: Int) -> Int { (bitCount + 63) / 64 }

    private var wordCount: Int { BinaryCodes.wordCount(bitCount: bitCount) }

    /// Appends a code.
    ///
    /// - Parameter words: As many as ``wordCount(bitCount:)`` says.
    public mutating func append(_ words: ArraySlice<UInt64>) {
        precondition(
            words.count == wordCount,
            "A code of \(bitCount) bits has \(wordCount) words, but got \(words.count)")
        if count % 8 == 0 { blocks += repeatElement(0, count: 8 * wordCount) }
        let start = count / 8 * 8 * wordCount + count % 8
        for (place, word) in words.enumerated() { blocks[start + 8 * place] = word }
        count += 1
    }

    /// The nearest code to each of some queries, by the number of bits that differ.
    ///
    /// - Parameters:
    ///   - queries: Their words, one query after the other.
    ///   - bound: Codes that differ in more bits than this are not found.
    /// - Returns: For each query the index of the nearest code, the first of equals, and the number of
    ///   bits that differ; `nil` if no code is near enough.
    /// - Complexity: O(queries · codes · words), on all threads.
    public func nearest(
        to queries: [UInt64], within bound: Int
    ) -> [(index: Int, distance: Int)?] {
        let queryCount = queries.count / wordCount
        precondition(
            queries.count == queryCount * wordCount,
            "Queries of \(wordCount) words each got \(queries.count) words")
        let limit = Int32(clamping: bound + 1)
        var distances = [Int32](repeating: limit, count: queryCount)
        var indices = [Int32](repeating: 0, count: queryCount)
        distances.withUnsafeMutableBufferPointer { distances in
            indices.withUnsafeMutableBufferPointer { indices in
                blocks.withUnsafeBufferPointer { blocks in
                    queries.withUnsafeBufferPointer { queries in
                        search(blocks, queries, distances, indices)
                    }
                }
            }
        }
        return zip(indices, distances).map { $1 < limit ? (Int($0), Int($1)) : nil }
    }

    /// The codes that are searched for many queries before the next are read: 72 kB of 576 bits each.
    private static let pieceSize = 1024

    /// The queries of a part, whole tiles of the kernel.
    private static let partSize = 32

    private func search(
        _ blocks: UnsafeBufferPointer<UInt64>, _ queries: UnsafeBufferPointer<UInt64>,
        _ distances: UnsafeMutableBufferPointer<Int32>,
        _ indices: UnsafeMutableBufferPointer<Int32>
    ) {
        guard count > 0, let codes = blocks.baseAddress, let questions = queries.baseAddress,
            let nearest = distances.baseAddress, let places = indices.baseAddress
        else { return }
        nonisolated(unsafe) let job = TesseraHamming(
            codes: codes, queries: questions, distances: nearest, indices: places, count: 0,
            wordCount: wordCount, firstIndex: 0)
        let kernels = Processor.kernels
        let part = BinaryCodes.partSize
        ThreadPool.run(count: (distances.count + part - 1) / part) { number in
            var job = job
            for start in stride(from: 0, to: count, by: BinaryCodes.pieceSize) {
                job.codes = codes + start * wordCount
                job.count = min(BinaryCodes.pieceSize, count - start)
                job.firstIndex = start
                kernels.hamming(
                    &job, number * part, min((number + 1) * part, distances.count))
            }
        }
    }
}
