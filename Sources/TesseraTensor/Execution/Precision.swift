/// The format in which a product multiplies numbers.
///
/// Inputs are rounded as they are read, and results are always f32.
public enum Precision: String, Sendable, CaseIterable {
    /// 32-bit floats on both sides: errors of about 1e-7 of the largest product.
    case float32 = "f32"

    /// bfloat16 on both sides, sums in f32: each factor is off by at most 2⁻⁹ of itself. Half of the
    /// memory, and twice as fast where the processor has instructions for it.
    case bfloat16 = "bf16"

    /// Integers from -127 to 127 on both sides, exact 32-bit sums: each weight is off by at most half
    /// a step of its output's largest weight over 127, each input by the same of its row's largest. A
    /// quarter of the memory, and three to four times as fast where the processor has instructions.
    case int8

    /// The fastest format here for what guides sampling: bf16 where the processor has instructions for
    /// it, and f32 elsewhere.
    public static var fastForGuidance: Precision {
        Processor.instructionSet == .avx512dot ? .bfloat16 : .float32
    }
}
