/// Where the logits of each of a list of slots lie in the one tensor of ``Logits``.
///
/// Slots may have vocabularies of different sizes, so rows may have different lengths.
public struct LogitLayout: Sendable, Hashable {
    /// The flat indices whose logits follow each other, `position * slotCount + slot`.
    public let indices: [Int]

    /// The number of the first logit of each index, and, at the end, the number of all logits.
    public let offsets: [Int]

    /// Lays out the logits of some slots of a grid.
    ///
    /// - Parameters:
    ///   - indices: Flat indices, `position * slotCount + slot`.
    ///   - vocabulary: The number of codes of each slot.
    public init(indices: [Int], vocabulary: [Int]) {
        self.indices = indices
        var offsets = [0]
        offsets.reserveCapacity(indices.count + 1)
        for (number, index) in indices.enumerated() {
            offsets.append(offsets[number] + vocabulary[index % vocabulary.count])
        }
        self.offsets = offsets
    }

    /// The number of all logits.
    public var count: Int { offsets[indices.count] }

    /// Which logits belong to the index of the given number.
    ///
    /// - Parameter number: The place of a slot in ``indices``.
    /// - Returns: A range of the tensor's elements.
    public func range(_ number: Int) -> Range<Int> {
        offsets[number] ..< offsets[number + 1]
    }
}
