import TesseraTensor
import TesseraTokens

/// Which masked slots a sampler reveals first.
public enum UnmaskingOrder: String, CaseIterable, Hashable, Sendable {
    /// Those whose sampled code is most probable, with Gumbel noise that fades (MaskGIT).
    case confidence

    /// Those that the Halton sequence visits first, which are far from each other.
    case halton

    /// Those that come first in a random order drawn at the start (order-agnostic diffusion).
    case random
}

extension UnmaskingOrder {
    /// When each slot's turn comes, if that is known before the model is asked.
    ///
    /// The Halton order takes one slot of every position before it takes a second one of any: the
    /// slots of a position depend on each other most, so they are revealed in different steps.
    /// It starts at a random place of the sequence, so that pictures of one seed differ.
    ///
    /// - Parameters:
    ///   - grid: The grid to fill.
    ///   - random: The source of the random choices.
    /// - Returns: A different number for each flat index, or `nil` for ``confidence``.
    func ranks(for grid: TokenGrid, random: RandomSource) -> [Int]? {
        switch self {
        case .confidence:
            return nil
        case .halton:
            let order = HaltonSequence.order(height: grid.height, width: grid.width)
            let turn = Int(random.bits(step: 0, position: 0, draw: Draw.order)[0])
            var ranks = [Int](repeating: 0, count: grid.codes.count)
            for visit in 0 ..< grid.codes.count {
                let (round, place) = visit.quotientAndRemainder(dividingBy: order.count)
                let position = order[(place + turn) % order.count]
                ranks[position * grid.slotCount + (place + round) % grid.slotCount] = visit
            }
            return ranks
        case .random:
            let keys = grid.codes.indices.map {
                random.uniform(step: 0, position: $0, draw: Draw.order)
            }
            var ranks = [Int](repeating: 0, count: keys.count)
            let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
            for (rank, index) in order.enumerated() {
                ranks[index] = rank
            }
            return ranks
        }
    }
}

/// The independent random numbers that a sampler draws for one slot at one step.
enum Draw {
    static let code = 0
    static let choice = 1
    static let order = 2
}
