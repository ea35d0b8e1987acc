import CTesseraKernels

/// Attention of every position to every position of its sequence, head by head.
///
/// softmax(q kᵀ / √(D / headCount)) v. Scores are made and used a block at a time and never stored
/// whole (T. Dao et al., "FlashAttention", NeurIPS 2022, algorithm 1).
///
/// - Parameters:
///   - queryKeyValue: Queries, keys and values side by side, in each the heads side by side.
///     Shape `[batch * length, 3 * D]`.
///   - batch: The number of sequences.
///   - length: The number of positions of a sequence.
///   - headCount: The number of heads; it divides D.
///   - precision: bf16, and int8 as well, rounds queries, keys, values and weights to bf16.
/// - Returns: Shape `[batch * length, D]`.
/// - Precondition: The shapes agree.
public func attention(
    queryKeyValue: Tensor<Float>, batch: Int, length: Int, headCount: Int,
    precision: Precision = .float32
) -> Tensor<Float> {
    precondition(
        queryKeyValue.shape.first == batch * length,
        "An attention of \(batch) x \(length) positions got \(queryKeyValue.shape)")
    return attention(
        queries: queryKeyValue, context: queryKeyValue, batch: batch, headCount: headCount,
        precision: precision)
}

/// Attention of some rows' queries to the keys and values of others.
///
/// - Parameters:
///   - queries: Rows of queries, keys and values, of which the queries count. Shape
///     `[batch * M, 3 * D]`.
///   - context: Rows of queries, keys and values, of which keys and values count. Shape
///     `[batch * length, 3 * D]`.
///   - batch: The number of sequences.
///   - headCount: The number of heads; it divides D.
///   - precision: bf16, and int8 as well, rounds queries, keys, values and weights to bf16.
/// - Returns: Shape `[batch * M, D]`.
/// - Precondition: The shapes agree.
public func attention(
    queries: Tensor<Float>, context: Tensor<Float>, batch: Int, headCount: Int,
    precision: Precision = .float32
) -> Tensor<Float> {
    let (rows, shape) = (queries.shape, context.shape)
    precondition(
        shape.count == 2 && rows.count == 2 && rows[1] == shape[1] && batch > 0
            && rows[0] % batch == 0 && shape[0] % batch == 0 && shape[1] % (3 * headCount) == 0,
        "An attention of \(batch) sequences and \(headCount) heads needs shapes "
            + "[\(batch) M, 3 D] and [\(batch) N, 3 D], but got \(rows) and \(shape)")
    let width = shape[1] / (3 * headCount)
    let (queryCount, length) = (rows[0] / batch, shape[0] / batch)
    // A part orders its head's keys and values, so no more parts than keep the threads even.
    let wanted = (4 * Processor.threadCount + batch * headCount - 1) / (batch * headCount)
    let parts = max(1, min(wanted, queryCount / 64))
    let kernels = Processor.kernels
    let kernel = precision == .float32 ? kernels.attention : kernels.attentionBfloat16
    return Tensor(shape: [rows[0], rows[1] / 3]) { output in
        guard let destination = output.baseAddress, !output.isEmpty else { return }
        var job = TesseraAttention(
            queries: queries.address, context: context.address, output: destination,
            queryCount: queryCount, length: length, headCount: headCount, headWidth: width,
            partCount: parts, scale: 1 / Float(width).squareRoot())
        withUnsafePointer(to: &job) { job in
            ThreadPool.runRanges(
                total: batch * headCount * parts,
                operationsPerUnit: 2 * (queryCount + parts - 1) / parts * length * width
            ) { heads in
                kernel(job, heads.lowerBound, heads.upperBound)
            }
        }
        withExtendedLifetime((queries, context)) {}
    }
}
