public import TesseraTensor

/// The names of the tensors that belong to one of packed rows.
///
/// `NAME` itself holds the codes: I8 of the weight's own shape `[N, …]`, or U8 `[N, ⌈K/2⌉]` of two
/// codes of 4 bits each, the first in the lower half, with K the product of the other extents.
enum PackedRowsNames {
    /// F32 `[N]`.
    static func steps(of name: String) -> String { name + ".steps" }

    /// U8 `[N, ⌈K/32⌉]`, of int4 alone.
    static func multipliers(of name: String) -> String { name + ".multipliers" }
}

extension SafetensorsFile {
    /// Reads weights in 8 or 4 bits as they are stored.
    ///
    /// - Parameters:
    ///   - name: The name of the tensor.
    ///   - shape: The shape `[N, …]` of the weights that it stands for; rows are N.
    /// - Returns: The rows, or `nil` if no tensor of steps says that the weights are packed.
    /// - Throws: ``CheckpointError/tensor(path:name:_:)`` if a part is missing, has another shape, or
    ///   holds what no packing gives.
    public func packedRows(_ name: String, shape: [Int]) throws(CheckpointError) -> PackedRows? {
        guard let stored = description(of: name), let rowCount = shape.first,
            description(of: PackedRowsNames.steps(of: name)) != nil
        else { return nil }
        let columnCount = shape.dropFirst().reduce(1, *)
        let format: PackedRows.Format
        switch stored.scalarType {
        case .int8: format = .int8
        case .uint8: format = .int4
        default: return nil
        }
        let byteCount = PackedRows.codeByteCount(of: columnCount, format)
        let codes =
            format == .int8
            ? try bytes(name, shape: shape, type: .int8).reshaped(to: [rowCount, columnCount])
            : try bytes(name, shape: [rowCount, byteCount], type: .uint8)
        let groupCount = PackedRows.groupCount(of: columnCount, format)
        let multipliers =
            format == .int8
            ? Tensor<UInt8>(shape: [rowCount, 0], elements: [])
            : try tensor(
                PackedRowsNames.multipliers(of: name), shape: [rowCount, groupCount],
                of: UInt8.self)
        if let index = multipliers.elements.firstIndex(where: { !(1 ... 16).contains($0) }) {
            throw .tensor(
                path: path, name: PackedRowsNames.multipliers(of: name),
                .multiplier(index: index, value: Int(multipliers.elements[index])))
        }
        let steps = try tensor(PackedRowsNames.steps(of: name), shape: [rowCount])
        return PackedRows(
            format: format, columnCount: columnCount, codes: codes, multipliers: multipliers,
            steps: steps)
    }

    private func bytes(
        _ name: String, shape: [Int], type: ScalarType
    ) throws(CheckpointError) -> Tensor<UInt8> {
        _ = try description(of: name, shape: shape, in: [type])
        return try withBytes(of: name) { bytes in
            Tensor(shape: shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: bytes) }
        }
    }
}

extension SafetensorsWriter {
    /// Adds weights in 8 or 4 bits, as several tensors.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - name: A name that no tensor of this file has yet.
    ///   - shape: The shape `[N, …]` of the weights that they stand for.
    public mutating func add(_ rows: PackedRows, named name: String, shape: [Int]) {
        precondition(
            shape.first == rows.rowCount && shape.dropFirst().reduce(1, *) == rows.columnCount,
            "\(rows.rowCount) rows of \(rows.columnCount) do not fit the shape \(shape)")
        switch rows.format {
        case .int8:
            add(
                Tensor(shape: shape, elements: rows.codes.elements.map { Int8(bitPattern: $0) }),
                named: name)
        case .int4:
            add(rows.codes, named: name)
            add(rows.multipliers, named: PackedRowsNames.multipliers(of: name))
        }
        add(rows.steps, named: PackedRowsNames.steps(of: name))
    }
}
