/// A matrix of weights in 8 or 4 bits, as checkpoints store it: rows of integers that share a scale.
///
/// **int8.** A row is K signed bytes and a scale, the row's largest magnitude over 127; a weight is
/// scale · code.
///
/// **int4.** A row is two codes a byte and, for each group of 32 weights, a whole group scale from 1
/// to 16; a weight is scale · group scale · code with a code from -8 to 7. The product of the two integers
/// fits a signed byte, so that the kernels of int8 run both formats. The two levels of scales are
/// those of Y. Lin et al., "QServe: W4A8KV4 Quantization and System Co-design for Efficient LLM
/// Serving", arXiv 2405.04532, section 4.1.
///
///     byte  0          1                 K/2            group scales, a byte for each of ⌈K/32⌉ groups
///           ├ c1 | c0 ─┼ c3 | c2 ─ … ────┤              ├ m0 ┼ m1 ┼ … ┤
///
/// | format | bits a weight | no weight moves by more than |
/// |---|---|---|
/// | int8 | 8 + 32/K | half the scale |
/// | int4 | 4.25 + 32/K | half the scale times its group's |
public struct PackedRows: Sendable {
    /// How integers are stored.
    public enum Format: String, CaseIterable, Sendable {
        /// A signed byte for each weight.
        case int8

        /// Half a byte for each weight, and a byte for each group of ``groupSize``.
        case int4
    }

    /// The weights of a group of int4.
    public static let groupSize = 32

    /// How integers are stored.
    public let format: Format

    /// The number of columns, K.
    public let columnCount: Int

    /// The stored codes: `[N, K]` signed bytes, or `[N, ⌈K/2⌉]` bytes of two codes, the first below.
    public let codes: Tensor<UInt8>

    /// The scales of int4's groups, `[N, ⌈K/32⌉]`, each from 1 to 16; of int8 none, `[N, 0]`.
    public let groupScales: Tensor<UInt8>

    /// The scale of each row.
    ///
    /// Shape `[N]`.
    public let scales: Tensor<Float>

    /// The number of rows, N.
    public var rowCount: Int { codes.shape[0] }

    /// Takes what a file stores.
    ///
    /// - Parameters:
    ///   - format: How integers are stored.
    ///   - columnCount: The number of columns, K.
    ///   - codes: Shape as ``codes``.
    ///   - groupScales: Shape as ``groupScales``.
    ///   - scales: Shape `[N]`.
    public init(
        format: Format, columnCount: Int, codes: Tensor<UInt8>, groupScales: Tensor<UInt8>,
        scales: Tensor<Float>
    ) {
        let rows = codes.shape.first ?? 0
        precondition(
            codes.shape == [rows, PackedRows.codeByteCount(of: columnCount, format)]
                && groupScales.shape == [rows, PackedRows.groupCount(of: columnCount, format)]
                && scales.shape == [rows],
            "Packed rows of \(columnCount) columns in \(format.rawValue) got codes, group scales and "
                + "scales of shapes \(codes.shape), \(groupScales.shape) and \(scales.shape)")
        self.format = format
        self.columnCount = columnCount
        self.codes = codes
        self.groupScales = groupScales
        self.scales = scales
    }

    /// The bytes of a row's codes.
    ///
    /// - Parameters:
    ///   - columnCount: The number of columns.
    ///   - format: How integers are stored.
    /// - Returns: K, or half of it rounded up.
    public static func codeByteCount(of columnCount: Int, _ format: Format) -> Int {
        format == .int8 ? columnCount : (columnCount + 1) / 2
    }

    /// The groups of a row.
    ///
    /// - Parameters:
    ///   - columnCount: The number of columns.
    ///   - format: How integers are stored.
    /// - Returns: The number of group scales; none for int8.
    public static func groupCount(of columnCount: Int, _ format: Format) -> Int {
        format == .int8 ? 0 : (columnCount + groupSize - 1) / groupSize
    }

    /// What each weight is over its row's scale: from -128 to 127.
    ///
    /// Shape `[N, K]`.
    public var integers: Tensor<Int8> {
        let (rows, columns) = (rowCount, columnCount)
        return Tensor(shape: [rows, columns]) { integers in
            codes.withUnsafeBuffer { codes in
                groupScales.withUnsafeBuffer { groupScales in
                    for row in 0 ..< rows {
                        let target = row * columns
                        guard format == .int4 else {
                            for k in target ..< target + columns {
                                integers[k] = Int8(bitPattern: codes[k])
                            }
                            continue
                        }
                        let source = row * codes.count / rows
                        let group = row * groupScales.count / rows
                        for k in 0 ..< columns {
                            let pair = codes[source + k / 2]
                            let nibble = k % 2 == 0 ? pair << 4 : pair & 0xF0
                            let code = Int8(bitPattern: nibble) >> 4
                            let scale = groupScales[group + k / PackedRows.groupSize]
                            integers[target + k] =
                                code &* Int8(truncatingIfNeeded: scale)
                        }
                    }
                }
            }
        }
    }

    /// The weights that the integers stand for.
    ///
    /// Shape `[N, K]`.
    public var unpacked: Tensor<Float> {
        let (rows, columns) = (rowCount, columnCount)
        return Tensor(shape: [rows, columns]) { weights in
            integers.withUnsafeBuffer { integers in
                scales.withUnsafeBuffer { scales in
                    for row in 0 ..< rows {
                        for k in row * columns ..< (row + 1) * columns {
                            weights[k] = scales[row] * Float(integers[k])
                        }
                    }
                }
            }
        }
    }
}
