public import TesseraCheckpoint
public import TesseraTensor

/// Half a byte for each weight, a whole scale for each group of 32 weights and one for each row.
///
/// A weight is scale · group scale · code with a code from -8 to 7; the group scale is the one of 1 to
/// 16 that leaves the least squared error (``TesseraTensor/PackedRows``).
public struct Int4Format: WeightFormat {
    /// The name in files and on the command line.
    public let name = "int4"

    /// One sentence for people.
    public let summary = "half a byte a weight, a scale a group of 32 and a row"

    /// Half a scale times the largest group scale.
    public let errorBound = 0.5 / 7

    /// Makes the format.
    public init() {}

    /// Two codes a byte, the first in the lower half, group scales, and scales.
    public func parts(of shape: [Int]) -> [WeightPart] {
        let columns = shape.dropFirst().reduce(1, *)
        return [
            WeightPart(
                suffix: "", scalarType: .uint8,
                shape: [shape[0], PackedRows.codeByteCount(of: columns, .int4)]),
            WeightPart(
                suffix: PackedRows.groupScalesSuffix, scalarType: .uint8,
                shape: [shape[0], PackedRows.groupCount(of: columns, .int4)]),
            WeightPart(suffix: PackedRows.scalesSuffix, scalarType: .float32, shape: [shape[0]]),
        ]
    }

    /// Rounds each weight, group by group.
    public func pack(_ weights: Tensor<Float>) -> [StoredPart] {
        let rows = PackedRows(packing: weights, as: .int4)
        return [.bytes(rows.codes), .bytes(rows.groupScales), .numbers(rows.scales)]
    }

    /// A group scale that is not from 1 to 16, with which a product would not fit a byte.
    public func fault(in parts: [StoredPart]) -> (part: Int, fault: TensorFault)? {
        guard case .bytes(let scales) = parts[1] else { return nil }
        let elements = scales.elements
        return elements.firstIndex { !(1 ... 16).contains($0) }.map {
            (1, .groupScale(index: $0, value: Int(elements[$0])))
        }
    }

    /// The weights that codes and scales stand for.
    public func unpack(_ parts: [StoredPart], columnCount: Int) -> Tensor<Float> {
        rows(parts, columnCount: columnCount).unpacked
    }

    /// The rows that kernels multiply as they are.
    public func kernelRows(_ parts: [StoredPart], columnCount: Int) -> PackedRows? {
        rows(parts, columnCount: columnCount)
    }

    private func rows(_ parts: [StoredPart], columnCount: Int) -> PackedRows {
        guard case .bytes(let codes) = parts[0], case .bytes(let groupScales) = parts[1],
            case .numbers(let scales) = parts[2]
        else { preconditionFailure("int4 has codes, group scales and scales") }
        return PackedRows(
            format: .int4, columnCount: columnCount, codes: codes, groupScales: groupScales,
            scales: scales)
    }
}
