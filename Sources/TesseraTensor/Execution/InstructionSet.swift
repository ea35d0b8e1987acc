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
    /// AVX-512 with the dot products of BF16 and VNNI, and the counts of VPOPCNTDQ, besides.
    case avx512dot
    /// 64-bit ARM vectors.
    case neon

    /// Whether this build and this processor run it.
    public var isAvailable: Bool { tessera_kernels(level) != nil }

    /// The best available level that is not above a limit.
    ///
    /// - Parameter limit: The name of a level, as `TESSERA_ISA` gives it; any other text, and nothing,
    ///   is no limit.
    /// - Returns: A level that this processor runs.
    package static func best(upTo limit: String?) -> InstructionSet {
        let rising: [InstructionSet] = [.reference, .scalar, .neon, .avx2, .avx512, .avx512dot]
        let last = rising.firstIndex { $0.rawValue == limit } ?? rising.count - 1
        return rising[...last].last { $0.isAvailable } ?? .scalar
    }

    var level: TesseraLevel {
        switch self {
        case .reference: .reference
        case .scalar: .scalar
        case .avx2: .AVX2
        case .avx512: .AVX512
        case .avx512dot: .avx512Dot
        case .neon: .NEON
        }
    }
}
