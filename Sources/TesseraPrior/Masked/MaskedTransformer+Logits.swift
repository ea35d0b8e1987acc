import TesseraLayers
import TesseraTensor
public import TesseraTokens

extension MaskedTransformer {
    /// About how many positions go through the layers together: sixteen windows of 16 × 16.
    ///
    /// Memory grows with it, and products of more rows gain nothing.
    static let positionsPerBatch = 4096

    /// Scores the codes of masked slots.
    ///
    /// Only windows that hold one of `indices` are computed, and heads only for `indices`.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far, of any height and width. Codes that are not masked are context.
    ///   - indices: The flat indices to score, `position * slotCount + slot`, rising; each masked.
    ///   - condition: What the prior is told of the picture.
    /// - Returns: Unnormalized log-probabilities of the codes of each of `indices`.
    public func logits(for grid: TokenGrid, at indices: [Int], condition: Condition) -> Logits {
        let window = windows(of: grid)[0]
        return logits(
            for: grid, at: indices, condition: condition,
            windowsAtOnce: max(
                1, MaskedTransformer.positionsPerBatch / (window.height * window.width))
        ) { windows, _ in features(of: grid, in: windows, condition: condition) }
    }

    /// How a grid is covered: by windows of one size.
    func windows(of grid: TokenGrid) -> [PositionRectangle] {
        grid.area.windowsSteppingByHalf(ofSide: architecture.window)
    }

    /// Scores the codes of masked slots from features that a closure finds.
    ///
    /// - Parameters:
    ///   - grid: The tokens so far.
    ///   - indices: The flat indices to score.
    ///   - condition: What the model is told of the picture.
    ///   - windowsAtOnce: The number of windows whose features are found together.
    ///   - features: Finds features of windows, one row a position, or fewer: then it moves the
    ///     requests to the rows that it has.
    /// - Returns: As for ``logits(for:at:condition:)``.
    func logits(
        for grid: TokenGrid, at indices: [Int], condition: Condition, windowsAtOnce: Int,
        features: (_ windows: [PositionRectangle], _ requested: inout [WindowRequest])
            -> Tensor<Float>
    ) -> Logits {
        precondition(
            grid.vocabulary == vocabulary,
            "A model of slots of \(vocabulary) codes got a grid of \(grid.vocabulary)")
        precondition(
            accepts(condition), "A model of \(labels.count) labels got the condition \(condition)")
        let requests = LogitRequests(indices, in: grid)
        var result = Tensor<Float>(shape: [requests.layout.count], repeating: 0)
        guard !indices.isEmpty else { return Logits(layout: requests.layout, values: result) }
        let windows = windows(of: grid)
        let asked = windows.map { requests.inside($0) }
        let busy = windows.indices.filter { !asked[$0].isEmpty }
        let blend = windows.count > 1 ? requests.totalWeights(of: asked) : nil
        for start in stride(from: 0, to: busy.count, by: windowsAtOnce) {
            let batch = busy[start ..< min(start + windowsAtOnce, busy.count)]
            var requested = batch.enumerated().flatMap { place, window in
                asked[window].map {
                    $0.moved(by: place * windows[window].height * windows[window].width)
                }
            }
            let features = features(batch.map { windows[$0] }, &requested)
            score(requested, features, requests, blend, into: &result)
        }
        return Logits(layout: requests.layout, values: result)
    }

    /// Runs windows through the layers.
    ///
    /// Shape `[windows * height * width, D]`.
    private func features(
        of grid: TokenGrid, in windows: [PositionRectangle], condition: Condition
    ) -> Tensor<Float> {
        var x = embed(windows.flatMap { grid.window($0).codes }, condition: condition)
        for layer in layers {
            x = layer(
                x, batch: windows.count, height: windows[0].height, width: windows[0].width,
                rotation: rotation)
        }
        return x
    }

    /// The sum of the slots' and the label's embeddings.
    ///
    /// Shape `[positions, D]`.
    func embed(_ codes: [Int32], condition: Condition) -> Tensor<Float> {
        let width = architecture.width
        let positions = codes.count / slots.count
        let label = labelEmbedding.map { ($0, row: labelRow(of: condition)) }
        return Tensor(shape: [positions, width]) { x in
            ThreadPool.run(over: positions, by: 32) { range in
                let target = UnsafeMutableBufferPointer(
                    rebasing: x[range.lowerBound * width ..< range.upperBound * width])
                target.initialize(repeating: 0)
                if let (embedding, row) = label {
                    add(embedding, rows: range.map { _ in row }, to: target)
                }
                for (slot, codeCount) in vocabulary.enumerated() {
                    let rows = range.map { position in
                        let code = codes[position * slots.count + slot]
                        return code == TokenGrid.mask ? codeCount : Int(code)
                    }
                    add(slots[slot].embedding, rows: rows, to: target)
                }
            }
        }
    }

    /// The row of the label's embedding; the last is that of no label.
    private func labelRow(of condition: Condition) -> Int {
        if case .label(let index) = condition { index } else { labels.count }
    }

    /// Adds rows of an embedding to the features of as many positions.
    private func add(
        _ embedding: Tensor<Float>, rows: [Int], to features: UnsafeMutableBufferPointer<Float>
    ) {
        let width = architecture.width
        embedding.withUnsafeBuffer { embedding in
            for (position, row) in rows.enumerated() {
                for feature in 0 ..< width {
                    features[position * width + feature] += embedding[row * width + feature]
                }
            }
        }
    }

    /// Applies the heads to the features of the requests, slot by slot.
    private func score(
        _ requested: [WindowRequest], _ features: Tensor<Float>, _ requests: LogitRequests,
        _ blend: [Float]?, into result: inout Tensor<Float>
    ) {
        for slot in slots.indices {
            let ofSlot = requested.filter { $0.slot == slot }
            guard !ofSlot.isEmpty else { continue }
            let logits = slots[slot].head(norm(features.rows(ofSlot.map(\.row))))
            let codeCount = vocabulary[slot]
            result.withUnsafeMutableBuffer { result in
                logits.withUnsafeBuffer { logits in
                    // Windows that overlap add to the same logits, one after the other.
                    let length = blend == nil ? 32 : ofSlot.count
                    ThreadPool.run(over: ofSlot.count, by: length) { rows in
                        for row in rows {
                            let request = ofSlot[row]
                            let scores = UnsafeBufferPointer(
                                rebasing: logits[row * codeCount ..< (row + 1) * codeCount])
                            let target = UnsafeMutableBufferPointer(
                                rebasing: result[requests.layout.offsets[request.number]...])
                            let share = blend.map { request.weight / $0[request.number] } ?? 1
                            let shift = blend == nil ? 0 : logarithmOfSum(scores)
                            for code in 0 ..< codeCount {
                                target[code] += share * (scores[code] - shift)
                            }
                        }
                    }
                }
            }
        }
    }
}
