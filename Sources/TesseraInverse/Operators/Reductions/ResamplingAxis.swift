import TesseraTensor

/// The weights of bicubic resampling along one axis.
///
/// Data is seen as `[outer, n, inner]`, with n the axis.
struct ResamplingAxis: Sendable {
    let sourceCount: Int
    let targetCount: Int

    /// The first source element of each target element.
    private let starts: [Int]

    /// The weights of all target elements, for the source elements from their starts on, one after the
    /// other.
    private let weights: [Float]

    /// Where those of each target element begin, and after the last one where they end.
    private let offsets: [Int]

    init(from sourceCount: Int, to targetCount: Int) {
        precondition(
            sourceCount >= 1 && targetCount >= 1,
            "Resampling needs sizes of at least 1, but got \(sourceCount) to \(targetCount)")
        let scale = Double(sourceCount) / Double(targetCount)
        let width = max(scale, 1)
        var starts: [Int] = []
        var weights: [Float] = []
        var offsets = [0]
        for target in 0 ..< targetCount {
            let center = (Double(target) + 0.5) * scale
            let first = max(0, Int((center - 2 * width + 0.5).rounded(.down)))
            let last = min(sourceCount, Int((center + 2 * width + 0.5).rounded(.down)))
            let raw = (first ..< last).map {
                ResamplingAxis.keysKernel((Double($0) + 0.5 - center) / width)
            }
            let sum = raw.reduce(0, +)
            starts.append(first)
            weights += raw.map { Float($0 / sum) }
            offsets.append(weights.count)
        }
        self.sourceCount = sourceCount
        self.targetCount = targetCount
        self.starts = starts
        self.weights = weights
        self.offsets = offsets
    }

    /// Keys' kernel with a = -1/2: third order, interpolating, zero from 2 on.
    static func keysKernel(_ x: Double) -> Double {
        let x = x.magnitude
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
        return 0
    }

    func apply(to values: Tensor<Float>, outer: Int, inner: Int) -> Tensor<Float> {
        // Between equal sizes every weight is 1 or 0.
        guard sourceCount != targetCount else {
            return values.reshaped(to: [outer, targetCount, inner])
        }
        return values.withUnsafeBuffer { values in
            Tensor(shape: [outer, targetCount, inner]) { result in
                if inner == 3 { return applyToColours(values, outer: outer, result) }
                result.initialize(repeating: 0)
                accumulate(outer: outer, inner: inner) { source, target, count, weight in
                    for i in 0 ..< count { result[target + i] += weight * values[source + i] }
                }
            }
        }
    }

    /// The same sums in the same order for pixels of three values, each of them read as four.
    private func applyToColours(
        _ values: UnsafeBufferPointer<Float>, outer: Int,
        _ result: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = UnsafeRawPointer(values.baseAddress) else { return }
        let stride = 3 * MemoryLayout<Float>.stride
        ThreadPool.run(count: outer) { block in
            for target in 0 ..< targetCount {
                let start = block * sourceCount + starts[target]
                let sum = weights[offsets[target] ..< offsets[target + 1]].withUnsafeBufferPointer {
                    weights in
                    var sum = SIMD4<Float>.zero
                    // The last pixel of all has nothing behind it that could be read with it.
                    let isLast = start + weights.count == values.count / 3
                    let count = isLast ? weights.count - 1 : weights.count
                    var pixel = source + start * stride
                    for tap in 0 ..< count {
                        sum += weights[tap] * pixel.loadUnaligned(as: SIMD4<Float>.self)
                        pixel += stride
                    }
                    if isLast {
                        let last = values.suffix(3)
                        sum +=
                            weights[count]
                            * SIMD4(
                                last[last.startIndex], last[last.startIndex + 1],
                                last[last.startIndex + 2], 0)
                    }
                    return sum
                }
                let place = 3 * (block * targetCount + target)
                result[place] = sum.x
                result[place + 1] = sum.y
                result[place + 2] = sum.z
            }
        }
    }

    func applyAdjoint(to gradient: Tensor<Float>, outer: Int, inner: Int) -> Tensor<Float> {
        gradient.withUnsafeBuffer { gradient in
            Tensor(shape: [outer, sourceCount, inner]) { result in
                result.initialize(repeating: 0)
                accumulate(outer: outer, inner: inner) { source, target, count, weight in
                    for i in 0 ..< count { result[source + i] += weight * gradient[target + i] }
                }
            }
        }
    }

    /// Visits every pair of a source and a target element that share a weight, by as many of the `inner`
    /// elements that lie together as one thread takes at a time; two threads never meet at an element.
    @inline(__always)
    private func accumulate(
        outer: Int, inner: Int,
        _ add: (_ source: Int, _ target: Int, _ count: Int, _ weight: Float) -> Void
    ) {
        let width = 128
        let across = (inner + width - 1) / width
        weights.withUnsafeBufferPointer { weights in
            starts.withUnsafeBufferPointer { starts in
                offsets.withUnsafeBufferPointer { offsets in
                    ThreadPool.run(count: outer * across) { part in
                        let (block, column) = part.quotientAndRemainder(dividingBy: across)
                        let first = column * width
                        let count = min(width, inner - first)
                        for target in 0 ..< targetCount {
                            let source = block * sourceCount + starts[target] - offsets[target]
                            for tap in offsets[target] ..< offsets[target + 1] {
                                add(
                                    (source + tap) * inner + first,
                                    (block * targetCount + target) * inner + first, count,
                                    weights[tap])
                            }
                        }
                    }
                }
            }
        }
    }
}
