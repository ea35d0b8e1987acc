import CTesseraKernels

/// The geometry of a correlation: which inputs an output reads.
struct CorrelationGeometry {
    var images = 1
    var height = 1
    var width: Int
    var outputHeight = 1
    var outputWidth: Int
    var kernel = 1
    var stride = 1
    /// 2 reads the input as if zeros stood between its pixels, as the pullback of stride 2 does.
    var spacing = 1
}

/// Runs the kernel that products, convolutions and their pullbacks share, on all threads.
func multiply(
    _ input: Tensor<Float>, _ weights: PackedWeights, _ geometry: CorrelationGeometry,
    bias: Tensor<Float>?, residual: Tensor<Float>?, activation: Activation, outputShape: [Int]
) -> Tensor<Float> {
    precondition(
        bias == nil || bias?.shape == [weights.outputCount],
        "A bias for \(weights.outputCount) outputs has shape \(bias?.shape ?? [])")
    precondition(
        residual == nil || residual?.shape == outputShape,
        "A residual for an output of shape \(outputShape) has shape \(residual?.shape ?? [])")
    let kernels = Processor.kernels
    let positions = geometry.images * geometry.outputHeight * geometry.outputWidth
    let operations =
        geometry.kernel * geometry.kernel * weights.inputCount * weights.outputCount
    let granule = geometry.outputHeight > 1 ? geometry.outputWidth : 24
    return Tensor(shape: outputShape) { output in
        guard !output.isEmpty else { return }
        withJob(input, weights, geometry, bias, residual, activation, output) { job in
            ThreadPool.runRanges(
                total: positions, granule: granule, operationsPerUnit: operations
            ) { range in
                kernels.multiply(job, range.lowerBound, range.upperBound)
            }
        }
    }
}

private func withJob(
    _ input: Tensor<Float>, _ weights: PackedWeights, _ geometry: CorrelationGeometry,
    _ bias: Tensor<Float>?, _ residual: Tensor<Float>?, _ activation: Activation,
    _ output: UnsafeMutableBufferPointer<Float>,
    _ body: (UnsafePointer<TesseraMultiply>) -> Void
) {
    // The pointers outlive the borrows because the tensors outlive this call.
    var job = TesseraMultiply(
        input: input.address, weights: weights.panels.address, bias: bias?.address,
        residual: residual?.address, zeros: weights.zeros.address, output: output.baseAddress!,
        height: geometry.height, width: geometry.width, inputCount: weights.inputCount,
        outputHeight: geometry.outputHeight, outputWidth: geometry.outputWidth,
        outputCount: weights.outputCount, kernel: geometry.kernel, stride: geometry.stride,
        spacing: geometry.spacing, activation: activation.code)
    withExtendedLifetime((input, weights, bias, residual)) { body(&job) }
}
