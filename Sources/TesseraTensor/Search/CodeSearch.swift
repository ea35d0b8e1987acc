import CTesseraKernels

/// How near a code is to a vector.
public enum CodeMetric: Sendable {
    /// The Euclidean distance.
    case euclidean
    /// The angle; lengths do not matter.
    case cosine
}

/// A codebook, packed once, in which the code nearest to each row is looked up.
///
/// Both metrics become a largest score: x·c − |c|² / 2 for the distance, x·c / |c| for the angle.
/// Distances are never stored.
public struct CodeSearch: Sendable {
    private let codes: Tensor<Float>
    /// What is added to each code's score.
    private let offsets: Tensor<Float>
    private let codeCount: Int
    private let width: Int

    /// Packs a codebook.
    ///
    /// - Parameters:
    ///   - codebook: Shape `[V, D]`, at least one row.
    ///   - metric: What nearest means.
    public init(_ codebook: Tensor<Float>, by metric: CodeMetric) {
        precondition(
            codebook.shape.count == 2 && codebook.shape[0] > 0,
            "A search needs codes of shape [V, D], but got \(codebook.shape)")
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
        self.codes = PackedWeights(codes.reshaped(to: [count, 1, width])).panels
        self.offsets = offsets
        codeCount = count
        self.width = width
    }

    /// Finds the code nearest to each row.
    ///
    /// **Edge cases:** of equally near codes the first; for a row that is not finite, some code.
    ///
    /// - Parameter x: Shape `[M, D]`.
    /// - Returns: M indices into the codebook.
    public func callAsFunction(_ x: Tensor<Float>) -> [Int32] {
        precondition(
            x.shape.count == 2 && x.shape[1] == width,
            "A search among codes of width \(width) got a shape \(x.shape)")
        let kernels = Processor.kernels
        return [Int32](unsafeUninitializedCapacity: x.shape[0]) { output, initializedCount in
            initializedCount = x.shape[0]
            guard let destination = output.baseAddress, x.shape[0] > 0 else { return }
            var job = TesseraNearest(
                input: x.address, codes: codes.address, offsets: offsets.address,
                output: destination, width: width, codeCount: codeCount)
            withUnsafePointer(to: &job) { job in
                ThreadPool.runRanges(
                    total: x.shape[0], granule: 24, operationsPerUnit: codeCount * width
                ) { rows in
                    kernels.nearest(job, rows.lowerBound, rows.upperBound)
                }
            }
            withExtendedLifetime((x, codes, offsets)) {}
        }
    }
}
