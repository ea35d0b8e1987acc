import Foundation
public import TesseraImage
public import TesseraTensor
import TesseraTokens

extension Model {
    /// What a masked slot of a picture is worth to the prior: the mean of -log₂ p(code | the rest).
    ///
    /// A prior that knows nothing says log₂ of the vocabulary.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - ratio: The part of the slots that is masked, each on its own, in (0, 1].
    ///   - random: The source of the choice of slots.
    /// - Returns: Bits a masked slot; 0 if none is masked.
    /// - Precondition: The model was loaded with its prior.
    public func bitsOfMaskedSlots(
        of image: Image, ratio: Double, random: RandomSource
    ) -> Double {
        precondition(ratio > 0 && ratio <= 1, "A ratio lies in (0, 1], but got \(ratio)")
        let grid = tokens(of: image)
        let masked = grid.codes.indices.filter {
            Double(random.uniform(step: 0, position: $0)) < ratio
        }
        guard !masked.isEmpty else { return 0 }
        var seen = grid
        for index in masked { seen[index] = TokenGrid.mask }
        let logits = neededPrior.logits(for: seen, at: masked, label: nil)
        return logits.withUnsafeBuffer { logits in
            var start = 0
            var bits = 0.0
            for index in masked {
                let count = grid.vocabulary[index % grid.slotCount]
                let row = logits[start ..< start + count]
                let largest = row.max() ?? 0
                let sum = row.reduce(0.0) { $0 + exp(Double($1 - largest)) }
                bits += log2(sum) - Double(row[start + Int(grid.codes[index])] - largest) / log(2)
                start += count
            }
            return bits / Double(masked.count)
        }
    }
}
