public import TesseraTensor

/// Unnormalized log-probabilities of the codes of some slots of a grid, one slot after the other.
public struct Logits: Sendable {
    /// Which slots there are, and where the logits of each begin.
    public let layout: LogitLayout

    /// The logits of all slots.
    ///
    /// Shape `[layout.count]`.
    public var values: Tensor<Float>

    /// Puts logits and their layout together.
    ///
    /// - Parameters:
    ///   - layout: Which slots there are.
    ///   - values: The logits of all slots, `layout.count` of them in any shape.
    public init(layout: LogitLayout, values: Tensor<Float>) {
        precondition(
            values.count == layout.count,
            "Slots with \(layout.count) codes in all got \(values.count) logits")
        self.layout = layout
        self.values = values.reshaped(to: [layout.count])
    }

    /// Puts logits of some slots of a grid together.
    ///
    /// - Parameters:
    ///   - indices: Flat indices, `position * slotCount + slot`.
    ///   - vocabulary: The number of codes of each slot.
    ///   - values: The logits of all slots, in any shape.
    public init(at indices: [Int], vocabulary: [Int], values: Tensor<Float>) {
        self.init(
            layout: LogitLayout(indices: indices, vocabulary: vocabulary), values: values)
    }

    /// Calls a closure with the logits of each slot.
    ///
    /// - Parameter body: Takes the place of a slot in the layout, its flat index and its logits, one a
    ///   code; must not let the buffer escape.
    public func forEachRow(
        _ body: (_ number: Int, _ index: Int, _ row: UnsafeBufferPointer<Float>) -> Void
    ) {
        values.withUnsafeBuffer { values in
            for (number, index) in layout.indices.enumerated() {
                body(number, index, UnsafeBufferPointer(rebasing: values[layout.range(number)]))
            }
        }
    }
}
