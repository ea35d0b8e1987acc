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
    let shape = queryKeyValue.shape
    precondition(
        shape.count == 2 && shape[0] == batch * length && shape[1] % (3 * headCount) == 0,
        "An attention of \(batch) x \(length) positions and \(headCount) heads needs a shape "
            + "[\(batch * length), 3 D], but got \(shape)")
    let width = shape[1] / (3 * headCount)
    let kernels = Processor.kernels
    let kernel = precision == .float32 ? kernels.attention : kernels.attentionBfloat16
    return Tensor(shape: [shape[0], shape[1] / 3]) { output in
        guard let destination = output.baseAddress, !output.isEmpty else { return }
        var job = TesseraAttention(
            queryKeyValue: queryKeyValue.address, output: destination, length: length,
            headCount: headCount, headWidth: width, scale: 1 / Float(width).squareRoot())
        withUnsafePointer(to: &job) { job in
            ThreadPool.runRanges(
                total: batch * headCount, operationsPerUnit: 2 * length * length * width
            ) { heads in
                kernel(job, heads.lowerBound, heads.upperBound)
            }
        }
        withExtendedLifetime(queryKeyValue) {}
    }
}
