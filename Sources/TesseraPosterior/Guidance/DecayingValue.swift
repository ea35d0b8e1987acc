import Glibc

/// A number that falls log-linearly over the steps of a sampler.
///
/// The first step sees `middle` · 10^(decades / 2), the last `middle` · 10^(-decades / 2). G2D2 lets its
/// learning rate and its prior term fall so, by one or two decades (N. Murata et al., arXiv
/// 2410.14710).
public struct DecayingValue: Hashable, Sendable {
    /// The geometric middle of the values.
    public var middle: Float

    /// The logarithm to base ten of the first value over the last; 0 for a constant.
    public var decades: Float

    /// Makes a value that falls, or one that does not.
    ///
    /// - Parameters:
    ///   - middle: The geometric middle of the values.
    ///   - decades: The logarithm to base ten of the first value over the last.
    public init(_ middle: Float, decades: Float = 0) {
        self.middle = middle
        self.decades = decades
    }

    /// The value of a step.
    ///
    /// - Parameters:
    ///   - number: The number of the step, counted from 1.
    ///   - count: The number of steps; a single step sees the middle.
    /// - Returns: The value.
    func value(ofStep number: Int, of count: Int) -> Float {
        let progress = count > 1 ? Float(number - 1) / Float(count - 1) : 0.5
        return middle * pow(10, decades * (0.5 - progress))
    }
}
