import CTesseraKernels

/// How near a code is to a vector.
public enum CodeMetric: Sendable {
    /// The Euclidean distance.
    case euclidean
    /// The angle; lengths do not matter.
    case cosine
}

/// The code nearest to each row.
///
/// Both metrics become a largest score: x·c − |c|² / 2 for the distance, x·c / |c| for the angle.
///
/// **Edge cases:** of equally near codes the first; for a row that is not finite, some code.
///
/// - Parameters:
///   - x: Shape `[M, D]`.
///   - codebook: Shape `[V, D]`, at least one row.
///   - metric: What nearest means.
/// - Returns: M indices into the codebook.
public func nearestCodes(
    _ x: Tensor<Float>, codebook: Tensor<Float>, by metric: CodeMetric
) -> [Int32] {
    precondition(
        x.shape.count == 2 && codebook.shape.count == 2 && x.shape[1] == codebook.shape[1]
            && codebook.shape[0] > 0,
        "A search needs shapes [M, D] and [V, D], but got \(x.shape) and \(codebook.shape)")
    let (codes, offsets) = packedCodes(codebook, metric)
    let kernels = Processor.kernels
    return [Int32](unsafeUninitializedCapacity: x.shape[0]) { output, initializedCount in
        initializedCount = x.shape[0]
        guard let destination = output.baseAddress, x.shape[0] > 0 else { return }
        var job = TesseraNearest(
            input: x.address, codes: codes.address, offsets: offsets.address, output: destination,
            width: x.shape[1], codeCount: codebook.shape[0])
        withUnsafePointer(to: &job) { job in
            ThreadPool.runRanges(
                total: x.shape[0], granule: 24, operationsPerUnit: codebook.count
            ) { rows in
                kernels.nearest(job, rows.lowerBound, rows.upperBound)
            }
        }
        withExtendedLifetime((x, codes, offsets)) {}
    }
}

/// The codes as the kernel reads them, and what is added to each code's score.
private func packedCodes(
    _ codebook: Tensor<Float>, _ metric: CodeMetric
) -> (codes: Tensor<Float>, offsets: Tensor<Float>) {
    let (count, width) = (codebook.shape[0], codebook.shape[1])
    let panelled = (count + Int(TESSERA_PANEL) - 1) / Int(TESSERA_PANEL) * Int(TESSERA_PANEL)
    var codes = codebook
    var offsets = Tensor<Float>(shape: [panelled], repeating: -.infinity)
    offsets.withUnsafeMutableBuffer { offsets in
        codes.withUnsafeMutableBuffer { codes in
            for code in 0 ..< count {
                let row = code * width ..< (code + 1) * width
                var squares: Float = 0
                for i in row { squares += codes[i] * codes[i] }
                offsets[code] = metric == .euclidean ? -squares / 2 : 0
                if metric == .cosine && squares > 0 {
                    for i in row { codes[i] /= squares.squareRoot() }
                }
            }
        }
    }
    return (PackedWeights(codes.reshaped(to: [count, 1, width])).panels, offsets)
}
