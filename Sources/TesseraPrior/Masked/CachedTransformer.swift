import Synchronization
import TesseraLayers
import TesseraTensor
public import TesseraTokens

/// A masked transformer that keeps keys and values from one question to the next.
///
/// From step to step of a sampler few tokens change. Positions that are asked about, and those whose
/// tokens changed, go through the layers; the others take part in attention with the keys and values
/// that they had when they last did, as if what has been decided since had not reached them. In
/// Fast-dLLM (C. Wu et al., arXiv 2505.22618) and dLLM-Cache (Z. Liu et al., arXiv 2506.06295) the
/// same is done for masked models of language.
///
/// Made for one sampling: what it answers depends on what it was asked before.
final class CachedTransformer: TokenPredictor {
    private let transformer: MaskedTransformer
    private let interval: Int
    private let caches = Mutex<[Place: WindowCache]>([:])

    /// Caches of larger grids would be larger than their use: one of a window of 32 × 32 positions
    /// with 8 layers of width 320 has 31 MB.
    static let maximumWindowCount = 4

    /// If more than this part of a window has to be made anew, all of it is.
    private static let worthwhilePart = 0.75

    /// Makes a predictor with an empty cache.
    ///
    /// - Parameters:
    ///   - transformer: The model.
    ///   - interval: All positions go through the layers at every so many questions.
    init(_ transformer: MaskedTransformer, interval: Int) {
        self.transformer = transformer
        self.interval = interval
    }

    var vocabulary: [Int] { transformer.vocabulary }

    var labels: [String] { transformer.labels }

    func accepts(_ condition: Condition) -> Bool { transformer.accepts(condition) }

    func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        guard transformer.windows(of: grid).count <= Self.maximumWindowCount else {
            return transformer.logits(for: grid, at: indices, condition: condition)
        }
        return transformer.logits(for: grid, at: indices, condition: condition, windowsAtOnce: 1) {
            windows, requested in
            let place = Place(window: windows[0], condition: condition)
            let codes = grid.window(place.window).codes
            // Taken out, so that what it holds is changed in place.
            var cache =
                caches.withLock { $0.removeValue(forKey: place) } ?? WindowCache(codes: codes)
            defer { caches.withLock { [cache] in $0[place] = cache } }
            return features(
                codes, of: place.window, condition: condition, cache: &cache, requested: &requested)
        }
    }

    private func features(
        _ codes: [Int32], of window: PositionRectangle, condition: Condition,
        cache: inout WindowCache, requested: inout [WindowRequest]
    ) -> Tensor<Float> {
        let positionCount = window.height * window.width
        let slotCount = vocabulary.count
        var isOpen = [Bool](repeating: false, count: positionCount)
        for request in requested { isOpen[request.row] = true }
        for (index, code) in codes.enumerated() where code != cache.codes[index] {
            isOpen[index / slotCount] = true
        }
        var open = isOpen.indices.filter { isOpen[$0] }
        if cache.layers.isEmpty || cache.age + 1 >= interval
            || Double(open.count) > Self.worthwhilePart * Double(positionCount)
        {
            open = Array(0 ..< positionCount)
            cache.age = 0
            if cache.layers.isEmpty {
                let empty = Tensor<Float>(
                    shape: [positionCount, 3 * transformer.architecture.width], repeating: 0)
                cache.layers = transformer.layers.map { _ in empty }
            }
        } else {
            cache.age += 1
        }
        cache.codes = codes
        var x = transformer.embed(
            open.flatMap { codes[$0 * slotCount ..< ($0 + 1) * slotCount] }, condition: condition)
        for (number, layer) in transformer.layers.enumerated() {
            x = layer(
                x, at: open, width: window.width, rotation: transformer.rotation,
                cache: &cache.layers[number])
        }
        var rows = [Int](repeating: 0, count: positionCount)
        for (row, position) in open.enumerated() { rows[position] = row }
        requested = requested.map { $0.moved(to: rows[$0.row]) }
        return x
    }

    private struct Place: Hashable {
        let window: PositionRectangle
        let condition: Condition
    }

    /// What is left of earlier questions about a window.
    private struct WindowCache {
        /// The codes that were last seen.
        var codes: [Int32]

        /// Of each layer, queries, keys and values of all positions; empty before the first question.
        var layers: [Tensor<Float>] = []

        /// The number of questions since all positions went through the layers.
        var age = 0

        init(codes: [Int32]) { self.codes = codes }
    }
}

extension MaskedTransformer {
    /// The same model with a cache of keys and values, for one sampling.
    ///
    /// - Parameter interval: All positions of a window go through the layers at every so many
    ///   questions, and in between only those that are asked about or have changed. 1 is the model
    ///   itself.
    /// - Returns: A predictor whose answers depend on the questions before.
    public func cached(interval: Int) -> any TokenPredictor {
        interval > 1
            ? CachedTransformer(self, interval: interval) : self
    }
}
