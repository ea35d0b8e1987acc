import TesseraTensor

extension Tensor<Float> {
    /// The sums of the elements of two tensors of one shape.
    func adding(_ other: Tensor) -> Tensor {
        combined(with: other) { $0 + $1 }
    }

    /// The differences of the elements of two tensors of one shape.
    func subtracting(_ other: Tensor) -> Tensor {
        combined(with: other) { $0 - $1 }
    }

    private func combined(with other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
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
}
