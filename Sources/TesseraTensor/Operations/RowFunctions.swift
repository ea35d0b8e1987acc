import CTesseraKernels

/// The exponentials of each row divided by their sum.
///
/// The row's maximum is subtracted first, so that no logit is too large.
///
/// **Edge cases:** logits of minus infinity get probability 0; a row of nothing else is not a number.
///
/// - Parameter x: Logits. Shape `[..., V]`.
/// - Returns: Probabilities, each row summing to 1 within V rounding errors. Shape of `x`.
public func softmax(_ x: Tensor<Float>) -> Tensor<Float> {
    let kernels = Processor.kernels
    return mapRows(x, operationsPerElement: 24) { source, destination, rows, count in
        kernels.softmax(source, destination, rows.count, count)
    }
}

/// The gradient with respect to a softmax's logits.
///
/// - Parameters:
///   - gradient: The gradient with respect to the probabilities. Shape `[..., V]`.
///   - output: The probabilities that ``softmax(_:)`` gave. Shape of `gradient`.
/// - Returns: p (g − Σ g p) for each row. Shape of `gradient`.
public func softmaxPullback(_ gradient: Tensor<Float>, output: Tensor<Float>) -> Tensor<Float> {
    precondition(
        gradient.shape == output.shape,
        "A softmax of shape \(output.shape) got a gradient of shape \(gradient.shape)")
    let kernels = Processor.kernels
    return mapRows(gradient, operationsPerElement: 12) { source, destination, rows, count in
        let offset = rows.lowerBound * count
        kernels.softmaxPullback(source, output.address + offset, destination, rows.count, count)
    }
}

/// Divides each row by its root mean square and multiplies it by a gain.
///
/// B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, equation 4.
///
/// - Parameters:
///   - x: Shape `[M, D]`.
///   - gain: Shape `[D]`.
///   - epsilon: Added to the mean square; usual is 1e-6.
/// - Returns: x gain / √(mean(x²) + epsilon). Shape `[M, D]`.
public func rootMeanSquareNorm(
    _ x: Tensor<Float>, gain: Tensor<Float>, epsilon: Float = 1e-6
) -> Tensor<Float> {
    precondition(
        gain.shape == [x.shape.last ?? 0],
        "A norm of rows of shape \(x.shape) got a gain of shape \(gain.shape)")
    let kernels = Processor.kernels
    return mapRows(x, operationsPerElement: 9) { source, destination, rows, count in
        kernels.norm(source, gain.address, epsilon, destination, rows.count, count)
    }
}

/// Makes a tensor from another of the same shape, some rows at a time on all threads.
private func mapRows(
    _ x: Tensor<Float>, operationsPerElement: Int,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Range<Int>, Int) -> Void
) -> Tensor<Float> {
    let count = x.shape.last ?? 1
    return Tensor(shape: x.shape) { output in
        guard let destination = output.baseAddress, !output.isEmpty else { return }
        x.withUnsafeBuffer { input in
            ThreadPool.runRanges(
                total: input.count / count, operationsPerUnit: count * operationsPerElement
            ) { rows in
                let offset = rows.lowerBound * count
                body(input.baseAddress! + offset, destination + offset, rows, count)
            }
        }
    }
}
