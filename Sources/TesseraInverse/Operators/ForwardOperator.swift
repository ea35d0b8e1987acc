public import TesseraTensor

/// What happened to a picture before it was measured: y = A(x), and how a loss of y changes with x.
///
/// Pixels are `[1, H, W, 3]`, values in [-1, 1].
public protocol ForwardOperator: Sendable {
    /// The shape of x, `[1, H, W, 3]`.
    var imageShape: [Int] { get }

    /// The shape of y.
    var measurementShape: [Int] { get }

    /// Computes the measurement of a picture, without noise.
    ///
    /// - Parameter pixels: A picture of shape ``imageShape``.
    /// - Returns: A(x), of shape ``measurementShape``.
    func apply(to pixels: Tensor<Float>) -> Tensor<Float>

    /// Turns the gradient of a loss with respect to the measurement into that of the picture.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to A(x), of shape ``measurementShape``.
    ///   - pixels: The x at which A was computed, of shape ``imageShape``.
    /// - Returns: The gradient with respect to x, of shape ``imageShape``.
    func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float>
}

/// A linear map A from a picture x to its measurement y, and the adjoint Aᵀ back.
///
/// The two obey ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ for every x and y. Nothing in the type says so, and a posterior
/// sampler with a wrong adjoint still converges, to the wrong picture; so one test runs over every
/// conforming type.
public protocol LinearOperator: ForwardOperator {
    /// Computes Aᵀ y.
    ///
    /// - Parameter measurement: Shape ``ForwardOperator/measurementShape``.
    /// - Returns: Shape ``ForwardOperator/imageShape``.
    func applyAdjoint(to measurement: Tensor<Float>) -> Tensor<Float>
}

extension LinearOperator {
    /// Applies the adjoint: a linear map is its own derivative.
    ///
    /// - Parameters:
    ///   - gradient: The gradient with respect to A x.
    ///   - pixels: Not read.
    /// - Returns: The gradient with respect to x.
    public func pullback(of gradient: Tensor<Float>, at pixels: Tensor<Float>) -> Tensor<Float> {
        applyAdjoint(to: gradient)
    }
}
