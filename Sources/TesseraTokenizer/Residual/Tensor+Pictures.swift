import TesseraTensor

extension Tensor where Element == Float {
    /// Maps pictures by a network that sees one at a time.
    ///
    /// Where there are enough of them for all threads, each thread runs the network for a picture of
    /// its own, whose values stay in its cache. A result has the same bits alone and among others.
    ///
    /// - Parameter network: Maps `[n, h, w, C]`, for any n, to `[n, h', w', C']`.
    /// - Returns: What the network gives for all pictures, `[N, h', w', C']`.
    func mappingPictures(by network: (Tensor) -> Tensor) -> Tensor {
        let count = shape[0]
        guard Processor.threadCount > 1, count >= 2 * Processor.threadCount else {
            return network(self)
        }
        let first = network(picture(0))
        let size = first.count
        let instructionSet = Processor.instructionSet
        return Tensor(shape: [count] + first.shape.dropFirst()) { results in
            ThreadPool.run(count: count) { index in
                let result = Processor.withInstructionSet(instructionSet) {
                    index == 0 ? first : network(picture(index))
                }
                result.withUnsafeBuffer { result in
                    _ = UnsafeMutableBufferPointer(
                        rebasing: results[index * size ..< (index + 1) * size]
                    ).initialize(from: result)
                }
            }
        }
    }

    private func picture(_ index: Int) -> Tensor {
        let size = count / shape[0]
        return withUnsafeBuffer { all in
            Tensor(shape: [1] + shape.dropFirst()) { picture in
                _ = picture.initialize(from: all[index * size ..< (index + 1) * size])
            }
        }
    }
}
