/// The type of the elements of a stored tensor, named as safetensors names it.
public enum ScalarType: String, Hashable, Sendable, CaseIterable {
    /// A byte that is 0 or 1.
    case boolean = "BOOL"

    /// Unsigned, 8 bits.
    case uint8 = "U8"

    /// Signed, 8 bits.
    case int8 = "I8"

    /// Floating point, 8 bits: 5 of exponent, 2 of fraction.
    case float8e5m2 = "F8_E5M2"

    /// Floating point, 8 bits: 4 of exponent, 3 of fraction.
    case float8e4m3 = "F8_E4M3"

    /// Signed, 16 bits.
    case int16 = "I16"

    /// Unsigned, 16 bits.
    case uint16 = "U16"

    /// Floating point, 16 bits: 5 of exponent, 10 of fraction.
    case float16 = "F16"

    /// Floating point, 16 bits: the upper half of a 32-bit number.
    case bfloat16 = "BF16"

    /// Signed, 32 bits.
    case int32 = "I32"

    /// Unsigned, 32 bits.
    case uint32 = "U32"

    /// Floating point, 32 bits.
    case float32 = "F32"

    /// Floating point, 64 bits.
    case float64 = "F64"

    /// Signed, 64 bits.
    case int64 = "I64"

    /// Unsigned, 64 bits.
    case uint64 = "U64"

    /// The number of bytes of one element.
    public var byteCount: Int {
        switch self {
        case .boolean, .uint8, .int8, .float8e5m2, .float8e4m3: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .float64, .int64, .uint64: 8
        }
    }
}
