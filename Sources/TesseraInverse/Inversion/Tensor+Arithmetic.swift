package import TesseraTensor

extension Tensor<Float> {
    /// The sums of the elements of two tensors of one shape.
    package func adding(_ other: Tensor) -> Tensor {
        combined(with: other) { $0 + $1 }
    }

    /// The differences of the elements of two tensors of one shape.
    package func subtracting(_ other: Tensor) -> Tensor {
        combined(with: other) { $0 - $1 }
    }

    /// Maps the elements of two tensors of one shape, pair by pair.
    @inline(__always)
    package func combined(with other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
        precondition(shape == other.shape, "Shapes \(shape) and \(other.shape) do not agree")
        return withUnsafeBuffer { left in
            other.withUnsafeBuffer { right in
                Tensor(shape: shape) { result in
                    for i in left.indices {
                        result.initializeElement(at: i, to: combine(left[i], right[i]))
                    }
                }
            }
        }
    }

    /// Maps each element.
    @inline(__always)
    package func mapped(_ transform: (Float) -> Float) -> Tensor {
        withUnsafeBuffer { values in
            Tensor(shape: shape) { result in
                for i in values.indices {
                    result.initializeElement(at: i, to: transform(values[i]))
                }
            }
        }
    }

    /// The elements, clamped to the range of pixels, [-1, 1].
    package var clampedToPixels: Tensor { mapped { Swift.min(Swift.max($0, -1), 1) } }

    /// The inner product of two tensors of one shape, in double precision.
    package func innerProduct(with other: Tensor) -> Double {
        precondition(shape == other.shape, "Shapes \(shape) and \(other.shape) do not agree")
        return withUnsafeBuffer { left in
            other.withUnsafeBuffer { right in
                var sum = 0.0
                for i in left.indices { sum += Double(left[i]) * Double(right[i]) }
                return sum
            }
        }
    }
}
