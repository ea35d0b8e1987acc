import CTesseraKernels

/// A function applied to each output of a product or convolution before it is stored.
public enum Activation: Sendable {
    /// The output as it is.
    case none
    /// The positive part.
    case relu
    /// The Gaussian error linear unit in its tanh form, 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
    case gelu
    /// The sigmoid linear unit, x / (1 + e⁻ˣ).
    case silu

    var code: TesseraActivation {
        switch self {
        case .none: .none
        case .relu: .relu
        case .gelu: .gelu
        case .silu: .silu
        }
    }
}
