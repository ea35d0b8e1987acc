public import TesseraCheckpoint
import TesseraTensor

extension ModelFolder {
    /// Writes a model whose weights are packed.
    ///
    /// Matrices and kernels of at least 32 inputs are packed, as far as their families advise it; the
    /// rest, and what is packed already, stays as it is. Metrics are left out of the description,
    /// because they were measured with other weights.
    ///
    /// - Parameters:
    ///   - name: The name of the new model.
    ///   - formats: How the weights of a part are packed; a part without a format is left.
    ///   - path: The path of the new folder, which is created if it does not exist.
    ///   - advice: What the family of a part says of one of its tensors.
    /// - Returns: The new folder, and what became of each tensor that was packed.
    /// - Throws: ``CheckpointError`` if the weights cannot be read or written.
    public func packed(
        named name: String, formats: [ModelPart.Role: any WeightFormat], to path: String,
        advice: (ModelPart.Role, TensorDescription) -> PackingAdvice
    ) throws(CheckpointError) -> (folder: ModelFolder, tensors: [PackedTensor]) {
        var description = description
        description.name = name
        description.metrics = [:]
        var tensors: [PackedTensor] = []
        var writers: [ModelPart.Role: SafetensorsWriter] = [:]
        for role in ModelPart.Role.allCases where description.parts[role] != nil {
            let weights = try Weights(try self.weights(of: role))
            var writer = SafetensorsWriter(metadata: weights.file.metadata)
            for tensor in weights.file.tensors {
                guard let format = tensor.packing(formats[role], advice(role, tensor)) else {
                    try writer.copy(tensor.name, from: weights.file)
                    continue
                }
                tensors.append(try writer.pack(tensor, of: weights, as: format))
            }
            writers[role] = writer
        }
        return (try ModelFolder.write(description, weights: writers, to: path), tensors)
    }
}

extension SafetensorsWriter {
    /// Packs a tensor of another file.
    fileprivate mutating func pack(
        _ tensor: TensorDescription, of weights: Weights, as format: any WeightFormat
    ) throws(CheckpointError) -> PackedTensor {
        let shape = tensor.shape
        let columnCount = shape.dropFirst().reduce(1, *)
        let matrix = try weights.tensor(tensor.name, shape: shape)
            .reshaped(to: [shape[0], columnCount])
        let parts = format.pack(matrix)
        add(parts, packedAs: format, named: tensor.name, shape: shape)
        return PackedTensor(
            name: tensor.name, byteCountBefore: tensor.byteRange.count,
            byteCount: parts.reduce(0) { $0 + $1.byteCount }, weights: matrix,
            unpacked: format.unpack(parts, columnCount: columnCount))
    }
}

extension TensorDescription {
    /// The least number of weights of a row that are worth a scale.
    private static let leastColumnCount = 32

    /// How the tensor is packed where a format is asked for; `nil` if it is no matrix or kernel in
    /// floating point whose rows are worth a scale.
    fileprivate func packing(
        _ asked: (any WeightFormat)?, _ advice: PackingAdvice
    ) -> (any WeightFormat)? {
        guard let asked, shape.count >= 2,
            shape.dropFirst().reduce(1, *) >= Self.leastColumnCount,
            [.float32, .float16, .bfloat16].contains(scalarType)
        else { return nil }
        switch advice {
        case .keep: return nil
        case .eightBits: return Int8Format()
        case .any: return asked
        }
    }
}
