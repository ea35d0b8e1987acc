import TesseraTensor
public import TesseraTokens

/// A binary code of a picture, made from its tokens, that pictures which look alike have in common.
///
/// What the codes stand for is averaged over a coarse grid of cells; a bit says whether a channel rises
/// from a cell to its neighbour, to the right or below. Differences leave out brightness and colour as
/// a whole, and their signs contrast. The pooled embedding and its binarization are those of BEBR
/// (Y. Gan et al., "Binary Embedding-based Retrieval at Tencent", KDD 2023, arXiv 2302.08714) in its
/// first round, with signs of differences in place of a trained layer; Decision 0012 says what further
/// rounds were measured to add.
public struct DifferenceHash: Sendable {
    /// The most bits of a code; the cells are as many as fit.
    private static let bitLimit = 640

    /// The number of cells on a side.
    public let side: Int

    private let pooling: LatentPooling

    /// Prepares codes of the pictures of one model.
    ///
    /// - Parameter codeSpace: Where the codes of its grids stand.
    public init(_ codeSpace: any CodeSpace) {
        pooling = LatentPooling(codeSpace)
        let channels = codeSpace.latentChannels
        side = (2 ... 8).last { 2 * $0 * $0 * channels <= DifferenceHash.bitLimit } ?? 2
    }

    /// The number of bits of a code.
    public var bitCount: Int { 2 * side * side * pooling.channels }

    /// The part of the bits in which near-duplicates differ at most, chosen on planted ones.
    ///
    /// Latents of few channels spend their bits on what pictures look like; with many, the bits say
    /// the same more than once, and unlike pictures are nearer to each other.
    public var usualThreshold: Double { pooling.channels <= 8 ? 0.2 : 0.1 }

    /// The code of a picture.
    ///
    /// - Parameter grid: A grid with no masked slot, at least one position.
    /// - Returns: The words of the code.
    public func words(of grid: TokenGrid) -> [UInt64] {
        let latent = pooling.latent(of: grid)
        let channels = pooling.channels
        var words = [UInt64](repeating: 0, count: BinaryCodes.wordCount(bitCount: bitCount))
        var bit = 0
        func add(_ means: [Float], rows: Int, columns: Int, step: Int) {
            for row in 0 ..< rows {
                for column in 0 ..< columns {
                    let start = (row * (step == 1 ? columns + 1 : columns) + column) * channels
                    let next = start + (step == 1 ? 1 : columns) * channels
                    for channel in 0 ..< channels {
                        if means[next + channel] > means[start + channel] {
                            words[bit / 64] |= 1 << UInt64(bit % 64)
                        }
                        bit += 1
                    }
                }
            }
        }
        add(
            pooling.means(latent, of: grid, rows: side, columns: side + 1), rows: side,
            columns: side, step: 1)
        add(
            pooling.means(latent, of: grid, rows: side + 1, columns: side), rows: side,
            columns: side, step: side)
        return words
    }
}
