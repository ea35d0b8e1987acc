public import TesseraTensor

/// The gradient of one head's attention by queries, keys and values, from products alone.
///
/// - Parameters:
///   - gradient: That by the result of ``attention(queryKeyValue:batch:length:headCount:)`` for a batch
///     of one and one head. Shape `[L, C]`.
///   - queryKeyValue: What attention was asked of. Shape `[L, 3 C]`.
/// - Returns: Shape `[L, 3 C]`. Scores are kept whole, L² of them.
public func singleHeadAttentionPullback(
    _ gradient: Tensor<Float>, _ queryKeyValue: Tensor<Float>
) -> Tensor<Float> {
    let (queries, keys, values) = (
        columns(0, of: queryKeyValue), columns(1, of: queryKeyValue), columns(2, of: queryKeyValue)
    )
    let scale = 1 / Float(gradient.shape[1]).squareRoot()
    let weights = softmax(scaled(product(queries, PackedMatrix(keys)), by: scale))
    let byValues = product(transposed(weights), PackedMatrix(transposed(gradient)))
    let byWeights = product(gradient, PackedMatrix(values))
    let byScores = scaled(softmaxPullback(byWeights, output: weights), by: scale)
    let byQueries = product(byScores, PackedMatrix(transposed(keys)))
    let byKeys = product(transposed(byScores), PackedMatrix(transposed(queries)))
    return sideBySide([byQueries, byKeys, byValues])
}

/// One of three matrices that lie side by side.
private func columns(_ index: Int, of all: Tensor<Float>) -> Tensor<Float> {
    let (length, width) = (all.shape[0], all.shape[1] / 3)
    return all.withUnsafeBuffer { all in
        Tensor(shape: [length, width]) { part in
            for row in 0 ..< length {
                let source = all[((3 * row + index) * width)...].prefix(width)
                _ = part[(row * width)...].initialize(fromContentsOf: source)
            }
        }
    }
}

private func sideBySide(_ parts: [Tensor<Float>]) -> Tensor<Float> {
    let (length, width) = (parts[0].shape[0], parts[0].shape[1])
    return Tensor(shape: [length, parts.count * width]) { all in
        for (index, part) in parts.enumerated() {
            part.withUnsafeBuffer { part in
                for row in 0 ..< length {
                    let source = part[(row * width)...].prefix(width)
                    _ = all[((parts.count * row + index) * width)...]
                        .initialize(fromContentsOf: source)
                }
            }
        }
    }
}

private func scaled(_ x: Tensor<Float>, by scale: Float) -> Tensor<Float> {
    x.withUnsafeBuffer { x in
        Tensor(shape: [x.count]) { result in
            for i in x.indices { result.initializeElement(at: i, to: x[i] * scale) }
        }
    }.reshaped(to: x.shape)
}

private func transposed(_ x: Tensor<Float>) -> Tensor<Float> {
    let (rows, columns) = (x.shape[0], x.shape[1])
    return x.withUnsafeBuffer { x in
        Tensor(shape: [columns, rows]) { result in
            for column in 0 ..< columns {
                for row in 0 ..< rows {
                    result.initializeElement(
                        at: column * rows + row, to: x[row * columns + column])
                }
            }
        }
    }
}
