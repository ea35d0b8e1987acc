public import TesseraTensor

/// The largest difference of two tensors of one shape, as a part of the second's largest number.
///
/// - Parameters:
///   - a: What was computed.
///   - b: What was expected, of the same shape.
/// - Returns: 0 for equal or empty tensors; infinite where something is not a number.
public func relativeDifference(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Float {
    precondition(a.shape == b.shape, "Shapes \(a.shape) and \(b.shape) cannot be compared")
    var difference: Float = 0
    var scale = Float.leastNormalMagnitude
    for (x, y) in zip(a.elements, b.elements) {
        if !(abs(x - y) < .infinity) { return .infinity }
        difference = max(difference, abs(x - y))
        scale = max(scale, abs(y))
    }
    return difference / scale
}

/// The sum of the products of two tensors' elements, in double precision.
///
/// - Parameters:
///   - a: The first.
///   - b: The second, with as many elements.
/// - Returns: Their inner product.
public func innerProduct(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
    precondition(a.count == b.count, "Shapes \(a.shape) and \(b.shape) have no inner product")
    return zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The slope of a function of a tensor along a direction, by central differences.
///
/// - Parameters:
///   - point: Where the slope is taken.
///   - direction: A tensor of the same shape.
///   - step: How far to go along the direction, to either side.
///   - function: A function that is smooth there.
/// - Returns: The derivative, with an error of the order of step² and of rounding / step.
public func slope(
    at point: Tensor<Float>, along direction: Tensor<Float>, step: Float,
    of function: (Tensor<Float>) -> Double
) -> Double {
    func moved(_ distance: Float) -> Tensor<Float> {
        let elements = zip(point.elements, direction.elements).map { $0 + distance * $1 }
        return Tensor(shape: point.shape, elements: elements)
    }
    return (function(moved(step)) - function(moved(-step))) / Double(2 * step)
}
