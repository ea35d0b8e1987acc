import CTesseraKernels

/// Where the numbers of a tensor are above 0, a bit each: what the gradient of a relu needs of its
/// output.
public struct PositiveMask: Sendable {
    /// The shape of the tensor.
    public let shape: [Int]
    /// Sixteen numbers a word and one word more, because kernels read pairs.
    let words: Tensor<UInt16>

    /// Compares a tensor with 0.
    ///
    /// - Parameter x: Any shape.
    public init(_ x: Tensor<Float>) {
        let kernels = Processor.kernels
        self.init(shape: x.shape) { words in
            x.withUnsafeBuffer { x in
                guard let source = x.baseAddress else { return }
                ThreadPool.runRanges(total: x.count, granule: 1 << 12, operationsPerUnit: 1) {
                    kernels.positives(
                        source + $0.lowerBound, words + $0.lowerBound / 16, $0.count)
                }
            }
        }
    }

    /// - Parameters:
    ///   - shape: The shape of the tensor.
    ///   - initialize: Writes the words of its numbers.
    init(shape: [Int], initializingWith initialize: (UnsafeMutablePointer<UInt16>) -> Void) {
        self.shape = shape
        let count = (shape.reduce(1, *) + 15) / 16
        words = Tensor(shape: [count + 1]) { words in
            initialize(words.baseAddress!)
            words.initializeElement(at: count, to: 0)
        }
    }
}
