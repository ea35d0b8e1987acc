import CTesseraKernels
import TesseraTensor

/// Moves values by one step of Adam, on the calling thread.
///
/// - Parameters:
///   - values: What to move.
///   - gradient: The gradient of the loss, as many elements.
///   - means: The running mean of the gradient, which is updated first.
///   - squares: The running mean of its square, which is updated first.
///   - rate: What the mean is multiplied by.
///   - squareScale: What the mean square is multiplied by before its root divides the step; `nil`
///     divides by nothing.
func adamStep(
    _ values: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    means: UnsafeMutableBufferPointer<Float>, squares: UnsafeMutableBufferPointer<Float>,
    rate: Float, squareScale: Float?
) {
    precondition(
        gradient.count == values.count && means.count == values.count
            && squares.count == values.count,
        "A step for \(values.count) values got \(gradient.count) of a gradient and "
            + "\(means.count) and \(squares.count) means")
    guard let start = values.baseAddress, let gradient = gradient.baseAddress,
        let means = means.baseAddress, let squares = squares.baseAddress
    else { return }
    var job = TesseraAdam(
        gradient: gradient, values: start, means: means, squares: squares, rate: rate,
        squareScale: squareScale ?? 1, isRooted: squareScale == nil ? 0 : 1)
    Processor.kernels.adam(&job, values.count)
}
