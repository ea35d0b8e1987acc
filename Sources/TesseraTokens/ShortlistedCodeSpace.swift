public import TesseraTensor

/// A code space of which only the candidates of a shortlist are seen: its vocabulary is their number.
///
/// Rows of what it is asked are the positions of the shortlist, in order, so that a posterior sampler
/// works on a large vocabulary as on a small one.
public struct ShortlistedCodeSpace: CodeSpace {
    private let base: any CodeSpace
    private let shortlist: Shortlist
    /// |C|² of every candidate, `[positions, slots, count]`.
    private let squaredNorms: [Float]

    /// Looks at a code space through a shortlist.
    ///
    /// - Parameters:
    ///   - base: The code space.
    ///   - shortlist: Candidates of each of its slots.
    public init(_ base: any CodeSpace, shortlist: Shortlist) {
        precondition(
            shortlist.slotCount == base.vocabulary.count,
            "A shortlist of \(shortlist.slotCount) slots does not fit \(base.vocabulary.count)")
        self.base = base
        self.shortlist = shortlist
        squaredNorms = Self.squaredNorms(of: shortlist, in: base)
    }

    /// The number of candidates of each slot.
    public var vocabulary: [Int] { shortlist.vocabulary }

    /// The number of channels of a latent, C.
    public var latentChannels: Int { base.latentChannels }

    /// The mean latent under a distribution over candidates.
    public func expectation(of probabilities: Tensor<Float>) -> Tensor<Float> {
        base.expectation(of: probabilities, over: shortlist)
    }

    /// The gradient with respect to probabilities of candidates.
    public func expectationPullback(of gradient: Tensor<Float>) -> Tensor<Float> {
        base.expectationPullback(of: gradient, over: shortlist)
    }

    /// The candidates nearest to a latent.
    ///
    /// With C the candidates' vectors and z the latent, the nearest has the least |C|² - 2 C·z, of which
    /// both come from the space's linear maps.
    public func quantize(_ latent: Tensor<Float>) -> [Int32] {
        let products = expectationPullback(of: latent)
        return products.withUnsafeBuffer { products in
            (0 ..< shortlist.positionCount * shortlist.slotCount).map { index in
                let first = index * shortlist.count
                let best = (0 ..< shortlist.count).min {
                    squaredNorms[first + $0] - 2 * products[first + $0]
                        < squaredNorms[first + $1] - 2 * products[first + $1]
                }
                return Int32(best ?? 0)
            }
        }
    }

    /// The latent that candidates stand for.
    public func embed(_ codes: [Int32]) -> Tensor<Float> { base.embed(shortlist.codes(of: codes)) }

    /// The product of each candidate's vector with what it alone expects.
    private static func squaredNorms(of shortlist: Shortlist, in base: any CodeSpace) -> [Float] {
        let (rows, columns) = (shortlist.positionCount, shortlist.slotCount * shortlist.count)
        var norms = [Float](repeating: 0, count: rows * columns)
        for column in 0 ..< columns {
            var alone = Tensor<Float>(shape: [rows, columns], repeating: 0)
            alone.withUnsafeMutableBuffer { values in
                for row in 0 ..< rows { values[row * columns + column] = 1 }
            }
            let expected = base.expectation(of: alone, over: shortlist)
            base.expectationPullback(of: expected, over: shortlist).withUnsafeBuffer { products in
                for index in stride(from: column, to: products.count, by: columns) {
                    norms[index] = products[index]
                }
            }
        }
        return norms
    }
}

/// A prior of which only the candidates of a shortlist are asked.
public struct ShortlistedPredictor: TokenPredictor {
    private let base: any TokenPredictor
    private let shortlist: Shortlist

    /// Looks at a prior through a shortlist.
    ///
    /// - Parameters:
    ///   - base: The prior.
    ///   - shortlist: Candidates of each slot of the grids that it will be asked about.
    public init(_ base: any TokenPredictor, shortlist: Shortlist) {
        self.base = base
        self.shortlist = shortlist
    }

    /// The number of candidates of each slot.
    public var vocabulary: [Int] { shortlist.vocabulary }

    /// The names of the classes that the model was trained with.
    public var labels: [String] { base.labels }

    /// Whether the model was trained with a condition.
    public func accepts(_ condition: Condition) -> Bool { base.accepts(condition) }

    /// Scores the candidates of masked slots.
    public func logits(
        for grid: TokenGrid, at indices: [Int], condition: Condition
    ) -> Logits {
        let whole = base.logits(
            for: TokenGrid(
                height: grid.height, width: grid.width, vocabulary: base.vocabulary,
                codes: shortlist.codes(of: grid.codes)), at: indices, condition: condition)
        var elements: [Float] = []
        elements.reserveCapacity(indices.count * shortlist.count)
        whole.forEachRow { _, index, row in
            elements += shortlist[index].map { row[Int($0)] }
        }
        return Logits(
            at: indices, vocabulary: vocabulary,
            values: Tensor(shape: [elements.count], elements: elements))
    }

    /// The same view of the model with a key-value cache.
    public func cached(interval: Int) -> any TokenPredictor {
        ShortlistedPredictor(base.cached(interval: interval), shortlist: shortlist)
    }
}
