/// The sizes of a masked transformer.
public struct MaskedTransformerArchitecture: Hashable, Sendable {
    /// The number of codes of each slot.
    public let vocabulary: [Int]

    /// The number of layers.
    public let layerCount: Int

    /// The number of features of a position, D.
    public let width: Int

    /// The number of attention heads.
    public let headCount: Int

    /// The side of the largest grid that the layers see at once.
    public let window: Int

    /// The names of the classes; empty if there are none.
    public let labels: [String]

    /// Describes a masked transformer.
    ///
    /// - Parameters:
    ///   - vocabulary: The number of codes of each slot.
    ///   - layerCount: The number of layers.
    ///   - width: The number of features of a position, a multiple of 4 for each head.
    ///   - headCount: The number of attention heads.
    ///   - window: The side of the largest grid that the layers see at once.
    ///   - labels: The names of the classes; empty if there are none.
    public init(
        vocabulary: [Int], layerCount: Int, width: Int, headCount: Int, window: Int,
        labels: [String]
    ) {
        precondition(
            headCount > 0 && width % (4 * headCount) == 0,
            "\(headCount) heads need a width of a multiple of \(4 * headCount), but got \(width)")
        precondition(window > 0, "A window has at least 1 position a side, but got \(window)")
        self.vocabulary = vocabulary
        self.layerCount = layerCount
        self.width = width
        self.headCount = headCount
        self.window = window
        self.labels = labels
    }
}
