import CTesseraKernels

/// The rows of a product's input in 16 or 8 bits, rounded once for all outputs.
struct ShortRows {
    let words: Tensor<UInt32>
    /// What a step of each row stands for; bf16 has none.
    let steps: Tensor<Float>

    /// Rounds rows, on all threads.
    ///
    /// - Parameters:
    ///   - x: Rows of any shape, `count` floats each.
    ///   - count: The number of inputs, K.
    ///   - format: That of the weights.
    init(_ x: Tensor<Float>, count: Int, format: ShortWeights.Format) {
        let rows = count > 0 ? x.count / count : 0
        let wordCount = (count + format.inputsPerWord - 1) / format.inputsPerWord
        var steps = Tensor<Float>(shape: [format == .bfloat16 ? 0 : rows], repeating: 0)
        words = Tensor(shape: [rows * wordCount]) { words in
            guard let words = words.baseAddress else { return }
            let kernels = Processor.kernels
            steps.withUnsafeMutableBuffer { steps in
                let steps = format == .bfloat16 ? nil : steps.baseAddress
                ThreadPool.runRanges(total: rows, operationsPerUnit: 16 * count) { range in
                    let first = range.lowerBound
                    let (source, target) = (x.address + first * count, words + first * wordCount)
                    if let steps {
                        kernels.roundInt8(source, target, steps + first, range.count, count)
                    } else {
                        kernels.roundBfloat16(source, target, range.count, count)
                    }
                }
            }
        }
        self.steps = steps
        withExtendedLifetime(x) {}
    }
}
