public import TesseraTensor

/// A tensor of numbers between -1 and 1 that depend on the seed alone.
///
/// - Parameters:
///   - shape: The size of each axis.
///   - seed: Named in a failure, so that it can be repeated.
/// - Returns: Shape `shape`.
public func randomTensor(_ shape: [Int], seed: UInt64) -> Tensor<Float> {
    let random = RandomSource(seed: seed)
    return Tensor(shape: shape) { elements in
        for i in 0 ..< elements.count {
            elements.initializeElement(at: i, to: 2 * random.uniform(step: 0, position: i) - 1)
        }
    }
}

extension Tensor<Float> {
    /// Rows of a matrix, in the order given.
    ///
    /// Shape `[places.count, columns]`.
    public func rows(_ places: [Int]) -> Tensor {
        let columns = shape[1]
        let all = elements
        return Tensor(
            shape: [places.count, columns],
            elements: places.flatMap { all[$0 * columns ..< ($0 + 1) * columns] })
    }
}
