import Glibc
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
        return bitsOfMaskedSlots(of: tokens(of: image), ratio: ratio, random: random)
    }

    /// What all slots of a picture are worth to the prior, one after the other in a random order.
    ///
    /// That is how short the tokens could be coded, the mean over all ratios of what a masked slot is
    /// worth (any-order autoregression; E. Hoogeboom et al., arXiv 2110.02037), here by the midpoints of
    /// sixteen parts.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - random: The source of the order.
    /// - Returns: Bits a slot.
    /// - Precondition: The model was loaded with its prior.
    public func codedBits(of image: Image, random: RandomSource) -> Double {
        let (grid, parts) = (tokens(of: image), 16)
        let bits = (0 ..< parts).map { part in
            bitsOfMaskedSlots(
                of: grid, ratio: (Double(part) + 0.5) / Double(parts), random: random)
        }
        return bits.reduce(0, +) / Double(parts)
    }

    private func bitsOfMaskedSlots(
        of grid: TokenGrid, ratio: Double, random: RandomSource
    ) -> Double {
        let masked = grid.codes.indices.filter {
            Double(random.uniform(step: 0, position: $0)) < ratio
        }
        guard !masked.isEmpty else { return 0 }
        var seen = grid
        for index in masked { seen[index] = TokenGrid.mask }
        let logits = neededPrior.logits(for: seen, at: masked, condition: .none)
        var bits = 0.0
        logits.forEachRow { _, index, row in
            let largest = row.max() ?? 0
            let sum = row.reduce(0.0) { $0 + exp(Double($1 - largest)) }
            bits += log2(sum) - Double(row[Int(grid.codes[index])] - largest) / log(2)
        }
        return bits / Double(masked.count)
    }
}
