import TesseraCuration
import TesseraDataset
import TesseraTensor
public import TesseraTokens

/// A part of a data set that was chosen.
public struct TokenSelection: Sendable {
    /// The keys of all pictures, in the order of the data set.
    public let keys: [String]

    /// The places of those that were chosen, rising.
    public let chosen: [Int]
}

extension TokenCollection {
    /// The most bins of a selection.
    public static let maximumBinCount = DatasetQuantization.usualStrataSize

    /// Chooses a small part that has of everything.
    ///
    /// Divides the pictures into bins, from the common to the rare, each diverse in itself, and draws the
    /// same part of each at random (D. Zhou et al., "Dataset Quantization", ICCV 2023).
    ///
    /// - Parameters:
    ///   - count: How many pictures; all of them if there are no more.
    ///   - codeSpace: Where the codes stand.
    ///   - binCount: The number of bins, from 1 to ``maximumBinCount``.
    ///   - seed: The same one gives the same pictures for any number of threads.
    /// - Returns: The selection.
    public func selection(
        of count: Int, by codeSpace: any CodeSpace, binCount: Int = 10, seed: UInt64 = 0
    ) -> TokenScan<TokenSelection> {
        let features = PictureFeatures(codeSpace)
        return TokenScan(collection: self) { (walk) throws(JobError) in
            var keys: [String] = []
            var values: [Float] = []
            let isWhole = try walk.forEach(
                make: { ($0.item.key, features.values(of: $0.grid)) },
                take: {
                    keys.append($0)
                    values += $1
                })
            guard isWhole else { return nil }
            let quantization = DatasetQuantization(
                features: PictureFeatures.standardized(
                    Tensor(shape: [keys.count, features.count], elements: values)),
                binCount: binCount, seed: seed)
            return TokenSelection(keys: keys, chosen: quantization.selection(count: count))
        }
    }
}
