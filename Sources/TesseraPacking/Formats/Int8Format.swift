import TesseraCheckpoint
public import TesseraTensor

/// A signed byte for each weight and a scale for each row, the row's largest magnitude over 127.
public struct Int8Format: WeightFormat {
    /// The name in files and on the command line.
    public let name = "int8"

    /// One sentence for people.
    public let summary = "a byte a weight, a scale a row"

    /// Half a scale.
    public let errorBound = 0.5 / 127

    /// Makes the format.
    public init() {}

    /// Codes of the weights' own shape, and scales.
    public func parts(of shape: [Int]) -> [WeightPart] {
        [
            WeightPart(suffix: "", scalarType: .int8, shape: shape),
            WeightPart(suffix: PackedRows.scalesSuffix, scalarType: .float32, shape: [shape[0]]),
        ]
    }

    /// Rounds each weight to the nearest multiple of its row's scale.
    public func pack(_ weights: Tensor<Float>) -> [StoredPart] {
        let rows = PackedRows(packing: weights, as: .int8)
        return [.bytes(rows.codes), .numbers(rows.scales)]
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
        guard case .bytes(let codes) = parts[0], case .numbers(let scales) = parts[1] else {
            preconditionFailure("int8 has codes and scales")
        }
        return PackedRows(
            format: .int8, columnCount: columnCount,
            codes: codes.reshaped(to: [scales.count, columnCount]),
            groupScales: Tensor(shape: [scales.count, 0], elements: []), scales: scales)
    }
}

extension PackedRows {
    /// What the name of rows' scales ends in.
    static let scalesSuffix = ".scales"

    /// What the name of groups' scales ends in.
    static let groupScalesSuffix = ".groupScales"
}
