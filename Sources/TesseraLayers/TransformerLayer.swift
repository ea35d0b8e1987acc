public import TesseraCheckpoint
public import TesseraPacking
public import TesseraTensor

/// One layer of a bidirectional transformer: attention, then a feed-forward network.
///
///     x += output(attention(rotate(qkv(norm(x)))))
///     x += down(gelu(up(norm(x))))
///
/// Norms come first and there are no biases (A. Vaswani et al., Attention Is All You Need, 2017,
/// in the form of today's models).
public struct TransformerLayer: Sendable {
    private let attentionNorm: RootMeanSquareNorm
    private let queryKeyValue: Linear
    private let output: Linear
    private let feedForwardNorm: RootMeanSquareNorm
    private let up: Linear
    private let down: Linear
    private let headCount: Int
    private let precision: Precision

    /// Reads the weights `NAME.attention_norm`, `NAME.attention.qkv` and so on.
    ///
    /// - Parameters:
    ///   - name: The name that the tensors begin with.
    ///   - file: The file that holds them.
    ///   - width: The number of features, D.
    ///   - headCount: The number of attention heads, which divides D.
    ///   - precision: The format in which the linear maps multiply; attention does in bf16 instead
    ///     of int8.
    /// - Throws: ``CheckpointError`` if a tensor is absent or has another shape.
    public init(
        named name: String, in file: Weights, width: Int, headCount: Int,
        precision: Precision = .float32
    ) throws(CheckpointError) {
        attentionNorm = try RootMeanSquareNorm(
            named: "\(name).attention_norm", in: file, width: width)
        queryKeyValue = try Linear(
            named: "\(name).attention.qkv", in: file, inputs: width, outputs: 3 * width,
            precision: precision)
        output = try Linear(
            named: "\(name).attention.output", in: file, inputs: width, outputs: width,
            precision: precision)
        feedForwardNorm = try RootMeanSquareNorm(
            named: "\(name).feed_forward_norm", in: file, width: width)
        up = try Linear(
            named: "\(name).feed_forward.up", in: file, inputs: width, outputs: 4 * width,
            precision: precision)
        down = try Linear(
            named: "\(name).feed_forward.down", in: file, inputs: 4 * width, outputs: width,
            precision: precision)
        self.headCount = headCount
        self.precision = precision
    }

    /// Applies the layer to grids of the same size.
    ///
    /// - Parameters:
    ///   - x: Features of the positions, grid after grid. Shape `[batch * height * width, D]`.
    ///   - batch: The number of grids; positions of different grids do not see each other.
    ///   - height: The number of rows of a grid.
    ///   - width: The number of columns of a grid.
    ///   - rotation: Turns queries and keys by their place.
    /// - Returns: Shape `[batch * height * width, D]`.
    public func callAsFunction(
        _ x: Tensor<Float>, batch: Int, height: Int, width: Int, rotation: AxialRotation
    ) -> Tensor<Float> {
        var heads = queryKeyValue(attentionNorm(x))
        rotation.rotate(&heads, height: height, width: width)
        return feedForward(
            x,
            attention(
                queryKeyValue: heads, batch: batch, length: height * width, headCount: headCount,
                precision: precision))
    }

    /// Applies the layer to some positions of a grid; the others take part with the keys and values
    /// that they had before.
    ///
    /// - Parameters:
    ///   - x: Features of those positions. Shape `[positions.count, D]`.
    ///   - positions: Where they stand in the grid, in raster order, rising.
    ///   - width: The number of columns of the grid.
    ///   - rotation: Turns queries and keys by their place.
    ///   - cache: Queries, keys and values of the whole grid, of which those of `positions` are made
    ///     anew. Shape `[height * width, 3 * D]`.
    /// - Returns: Shape `[positions.count, D]`.
    public func callAsFunction(
        _ x: Tensor<Float>, at positions: [Int], width: Int, rotation: AxialRotation,
        cache: inout Tensor<Float>
    ) -> Tensor<Float> {
        var heads = queryKeyValue(attentionNorm(x))
        rotation.rotate(&heads, at: positions, width: width)
        cache.replaceRows(positions, with: heads)
        return feedForward(
            x,
            attention(
                queries: heads, context: cache, batch: 1, headCount: headCount,
                precision: precision))
    }

    /// What follows attention.
    private func feedForward(_ x: Tensor<Float>, _ mixed: Tensor<Float>) -> Tensor<Float> {
        let attended = output(mixed, residual: x)
        let hidden = up(feedForwardNorm(attended), activation: .gelu)
        return down(hidden, residual: attended)
    }
}

extension Tensor<Float> {
    /// Replaces rows of a matrix by those of another, in order.
    fileprivate mutating func replaceRows(_ rows: [Int], with others: Tensor) {
        let width = shape[1]
        withUnsafeMutableBuffer { target in
            others.withUnsafeBuffer { source in
                for (index, row) in rows.enumerated() {
                    (target.baseAddress! + row * width)
                        .update(from: source.baseAddress! + index * width, count: width)
                }
            }
        }
    }
}
