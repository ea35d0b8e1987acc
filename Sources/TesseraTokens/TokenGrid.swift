/// The tokens of one image: a grid of positions, each with one code per slot or the mask.
///
/// A position stands for a square of pixels. Its token is encoded as K slots: the sub-codebooks of
/// a factorized quantizer (FQGAN), the groups of bits of a binary one (Binary Latent Diffusion), the
/// groups of dimensions of a dimension-wise one (TokenBridge). A plain VQGAN has K = 1. Each slot is
/// masked on its own (MaskBit).
///
/// Codes are stored in raster order with the slot varying fastest: `[h, w, K]`.
public struct TokenGrid: Hashable, Sendable {
    /// What the field calls the mask token, as it is stored in ``codes``.
    public static let mask: Int32 = -1

    /// The number of rows of positions, h.
    public let height: Int

    /// The number of columns of positions, w.
    public let width: Int

    /// The number of codes of each slot; its count is K.
    public let vocabulary: [Int]

    /// The codes in raster order, slots fastest.
    ///
    /// Each is in `0 ..< vocabulary[slot]` or ``mask``. Shape `[h, w, K]`.
    public private(set) var codes: [Int32]

    /// Makes a grid from its codes.
    ///
    /// - Parameters:
    ///   - height: The number of rows of positions.
    ///   - width: The number of columns of positions.
    ///   - vocabulary: The number of codes of each slot.
    ///   - codes: Shape `[height, width, vocabulary.count]`; each below its slot's vocabulary, or
    ///     ``mask``.
    public init(height: Int, width: Int, vocabulary: [Int], codes: [Int32]) {
        precondition(
            codes.count == height * width * vocabulary.count,
            "A grid of \(height) x \(width) x \(vocabulary.count) codes got \(codes.count)")
        for (index, code) in codes.enumerated() {
            precondition(
                code >= TokenGrid.mask && code < vocabulary[index % vocabulary.count],
                "Code \(code) is outside the vocabulary of slot \(index % vocabulary.count)")
        }
        self.height = height
        self.width = width
        self.vocabulary = vocabulary
        self.codes = codes
    }

    /// Makes a grid in which every slot is masked.
    ///
    /// - Parameters:
    ///   - height: The number of rows of positions.
    ///   - width: The number of columns of positions.
    ///   - vocabulary: The number of codes of each slot.
    public init(maskedHeight height: Int, width: Int, vocabulary: [Int]) {
        self.init(
            height: height, width: width, vocabulary: vocabulary,
            codes: Array(repeating: TokenGrid.mask, count: height * width * vocabulary.count))
    }

    /// The number of slots of a position, K.
    public var slotCount: Int { vocabulary.count }

    /// The number of positions, h · w.
    public var positionCount: Int { height * width }

    /// The flat indices of the masked codes, rising: `position * slotCount + slot`.
    public var maskedIndices: [Int] {
        codes.indices.filter { codes[$0] == TokenGrid.mask }
    }

    /// The code at a flat index, `position * slotCount + slot`.
    public subscript(index: Int) -> Int32 {
        get { codes[index] }
        set {
            precondition(
                newValue >= TokenGrid.mask && newValue < vocabulary[index % vocabulary.count],
                "Code \(newValue) is outside the vocabulary of slot \(index % vocabulary.count)")
            codes[index] = newValue
        }
    }
}
