import TesseraTensor

/// A few codes of each slot at each position: all that a sampler looks at where vocabularies are large.
///
/// Dense probabilities of 2^18 codes at 1,024 positions take 1 GB; those of 64 candidates each, 256 kB.
public struct Shortlist: Hashable, Sendable {
    /// The candidates, those of a slot rising.
    ///
    /// Shape `[positions, slots, count]`, each below its slot's vocabulary.
    public let codes: [Int32]

    /// The number of slots of a position, K.
    public let slotCount: Int

    /// The number of candidates of a slot.
    public let count: Int

    /// Lists candidates.
    ///
    /// - Parameters:
    ///   - codes: Shape `[positions, slotCount, count]`; those of a slot differ and rise.
    ///   - slotCount: The number of slots of a position.
    ///   - count: The number of candidates of a slot, at least 1.
    public init(codes: [Int32], slotCount: Int, count: Int) {
        precondition(
            slotCount >= 1 && count >= 1 && codes.count % (slotCount * count) == 0,
            "\(codes.count) candidates are not \(count) for each of \(slotCount) slots of positions"
        )
        self.codes = codes
        self.slotCount = slotCount
        self.count = count
    }

    /// Takes the most probable codes, and one that must be among them.
    ///
    /// - Parameters:
    ///   - logits: Scores of every slot of a grid, in the order of their flat indices.
    ///   - kept: A code of each slot, such as those of an initial estimate. Shape `[positions, slots]`.
    ///   - count: The number of candidates of a slot, at most its vocabulary.
    public init(bestOf logits: Logits, keeping kept: [Int32], slotCount: Int, count: Int) {
        precondition(
            logits.layout.indices == Array(0 ..< kept.count),
            "A shortlist is made from the scores of every slot, and a code of each to keep")
        var codes: [Int32] = []
        codes.reserveCapacity(kept.count * count)
        logits.forEachRow { _, index, row in
            let others = row.indices.lazy.filter { $0 != Int(kept[index]) }
                .sorted { (row[$1], $0) < (row[$0], $1) }.prefix(count - 1)
            codes += (others.map { Int32($0) } + [kept[index]]).sorted()
        }
        self.init(codes: codes, slotCount: slotCount, count: count)
    }

    /// The number of positions.
    public var positionCount: Int { codes.count / (slotCount * count) }

    /// The number of candidates of each slot, as a vocabulary.
    public var vocabulary: [Int] { Array(repeating: count, count: slotCount) }

    /// The candidates of a slot at a position.
    ///
    /// - Parameter index: The flat index of the slot, `position * slotCount + slot`.
    /// - Returns: The codes, rising.
    public subscript(index: Int) -> ArraySlice<Int32> {
        codes[index * count ..< (index + 1) * count]
    }

    /// The codes that candidates stand for.
    ///
    /// - Parameter candidates: The place of a candidate for each slot, or the mask. Shape
    ///   `[positions, slots]`.
    /// - Returns: The codes, or the mask.
    public func codes(of candidates: [Int32]) -> [Int32] {
        candidates.enumerated().map { index, candidate in
            candidate == TokenGrid.mask ? candidate : codes[index * count + Int(candidate)]
        }
    }

    /// The places of codes among the candidates.
    ///
    /// - Parameter codes: A code of each slot, or the mask. Shape `[positions, slots]`.
    /// - Returns: The places, or the mask; `nil` if a code is no candidate.
    public func candidates(of codes: [Int32]) -> [Int32]? {
        var candidates: [Int32] = []
        candidates.reserveCapacity(codes.count)
        for (index, code) in codes.enumerated() {
            if code == TokenGrid.mask {
                candidates.append(code)
            } else {
                let known = self[index]
                guard let place = known.firstIndex(of: code) else { return nil }
                candidates.append(Int32(place - known.startIndex))
            }
        }
        return candidates
    }
}
