import TesseraTensor

/// Which pictures of a set are kept, and which are near-duplicates of one that is.
///
/// Pictures come in the order of preference; one is kept unless a picture that is kept already differs
/// from it in few bits, and then it belongs to the nearest such picture. No chain of resemblances can
/// join pictures that differ: a copy is near to what is kept in its place, and no two kept pictures are
/// near to each other.
public struct DuplicateGroups: Sendable {
    /// A picture that need not be kept.
    public struct Copy: Hashable, Sendable {
        /// The index of the picture.
        public let index: Int

        /// The index of the picture that is kept in its place.
        public let kept: Int

        /// The number of bits in which the two differ.
        public let distance: Int
    }

    /// The indices of the pictures that are kept, in the order of preference.
    public private(set) var kept: [Int] = []

    /// The other pictures, in the order of preference.
    public private(set) var copies: [Copy] = []

    /// The pictures that are compared with all kept ones at once.
    private static let blockSize = 1024

    /// Finds near-duplicates.
    ///
    /// - Parameters:
    ///   - words: The codes of the pictures, one after the other.
    ///   - bitCount: The number of bits of a code.
    ///   - order: The indices of pictures to compare, those first that are rather kept.
    ///   - bound: The most bits in which a copy differs from what is kept.
    ///   - tell: Told how many pictures of the order are done; answers whether to go on. If not, what
    ///     was found so far is all.
    /// - Complexity: O(order · kept), on all threads; memory for the codes, and again for the kept ones.
    public init(
        words: [UInt64], bitCount: Int, order: [Int], within bound: Int,
        tell: (Int) -> Bool = { _ in true }
    ) {
        let wordCount = BinaryCodes.wordCount(bitCount: bitCount)
        func code(_ index: Int) -> ArraySlice<UInt64> {
            words[index * wordCount ..< (index + 1) * wordCount]
        }
        var keptCodes = BinaryCodes(bitCount: bitCount)
        for start in stride(from: 0, to: order.count, by: DuplicateGroups.blockSize) {
            let block = order[start ..< min(start + DuplicateGroups.blockSize, order.count)]
            let found = keptCodes.nearest(to: block.flatMap { code($0) }, within: bound)
            let earlierCount = kept.count
            for (index, found) in zip(block, found) {
                var nearest = found
                // Those of the same block that are kept were not there yet.
                for place in earlierCount ..< kept.count {
                    let limit = nearest.map { $0.distance - 1 } ?? bound
                    let distance = difference(code(index), code(kept[place]))
                    if distance <= limit { nearest = (place, distance) }
                }
                if let nearest {
                    copies.append(
                        Copy(
                            index: index, kept: kept[nearest.index], distance: nearest.distance))
                } else {
                    kept.append(index)
                    keptCodes.append(code(index))
                }
            }
            guard tell(block.endIndex) else { return }
        }
    }
}

/// The number of bits in which two codes differ.
private func difference(_ left: ArraySlice<UInt64>, _ right: ArraySlice<UInt64>) -> Int {
    var sum = 0
    for (a, b) in zip(left, right) { sum += (a ^ b).nonzeroBitCount }
    return sum
}
