import CTesseraKernels

/// A family of processor instructions that kernels are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// The slow twins: plain loops that the tests hold every other level against.
    case reference
    /// What the compiler takes for granted on any processor.
    case scalar
    /// AVX2 with fused multiply-add.
    case avx2
    /// AVX-512 F, BW, DQ and VL.
    case avx512
    /// 64-bit ARM vectors.
    case neon

    /// Whether this build and this processor run it.
    public var isAvailable: Bool { tessera_kernels(level) != nil }

    var level: TesseraLevel {
        switch self {
        case .reference: .reference
        case .scalar: .scalar
        case .avx2: .AVX2
        case .avx512: .AVX512
        case .neon: .NEON
        }
    }

    init(_ level: TesseraLevel) {
        switch level {
        case .reference: self = .reference
        case .scalar: self = .scalar
        case .AVX2: self = .avx2
        case .AVX512: self = .avx512
        case .NEON: self = .neon
        }
    }
}
