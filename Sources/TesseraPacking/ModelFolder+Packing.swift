public import TesseraCheckpoint
public import TesseraTensor

extension ModelFolder {
    /// Writes a model whose weights are packed.
    ///
    /// Matrices and kernels of at least 32 inputs are packed, embeddings too; biases, norms,
    /// quantizers and the encoder's last layer, whose outputs are rounded to codes, stay as they are,
    /// and so does what is packed already. Of a tokenizer only the residual blocks of decoders become
    /// int4: what everything passes through, or is rounded to codes in the end, stays int8. Metrics
    /// are left out of the description, because they were measured with other weights.
    ///
    /// - Parameters:
    ///   - name: The name of the new model.
    ///   - tokenizerFormat: How the tokenizer's weights are packed; `nil` leaves them.
    ///   - priorFormat: How the prior's weights are packed; `nil` leaves them.
    ///   - path: The path of the new folder, which is created if it does not exist.
    /// - Returns: The new folder, and what became of each tensor that was packed.
    /// - Throws: ``CheckpointError`` if the weights cannot be read or written.
    public func packed(
        named name: String, tokenizer tokenizerFormat: PackedRows.Format?,
        prior priorFormat: PackedRows.Format?, to path: String
    ) throws(CheckpointError) -> (folder: ModelFolder, tensors: [PackedTensor]) {
        var description = description
        description.name = name
        description.metrics = [:]
        var tensors: [PackedTensor] = []
        let tokenizer = try writer(
            of: tokenizerWeights(), as: tokenizerFormat, reporting: &tensors)
        var prior: SafetensorsWriter?
        if description.prior != nil {
            prior = try writer(of: priorWeights(), as: priorFormat, reporting: &tensors)
        }
        let folder = try ModelFolder.write(
            description, tokenizer: tokenizer, prior: prior, to: path)
        return (folder, tensors)
    }

    private func writer(
        of file: SafetensorsFile, as format: PackedRows.Format?,
        reporting tensors: inout [PackedTensor]
    ) throws(CheckpointError) -> SafetensorsWriter {
        var writer = SafetensorsWriter(metadata: file.metadata)
        for description in file.tensors {
            guard let format = format.flatMap(description.packing) else {
                try writer.copy(description.name, from: file)
                continue
            }
            let shape = description.shape
            let weights = try file.tensor(description.name, shape: shape)
                .reshaped(to: [shape[0], shape.dropFirst().reduce(1, *)])
            let rows = PackedRows(packing: weights, as: format)
            writer.add(rows, named: description.name, shape: shape)
            tensors.append(
                PackedTensor(
                    name: description.name, byteCountBefore: description.byteRange.count,
                    weights: weights, rows: rows))
        }
        return writer
    }
}

extension TensorDescription {
    /// How the tensor is packed where a format is asked for; `nil` if it is no matrix or kernel in
    /// floating point whose rows are worth a step.
    fileprivate func packing(_ asked: PackedRows.Format) -> PackedRows.Format? {
        guard shape.count >= 2, shape.dropFirst().reduce(1, *) >= PackedRows.groupSize,
            [.float32, .float16, .bfloat16].contains(scalarType),
            !name.hasPrefix("quantizer."), name != "encoder.conv_out.weight"
        else { return nil }
        let isKernel = shape.count == 4
        let isInDecoderBlock = !name.hasPrefix("encoder.") && name.contains(".blocks.")
        return isKernel && !isInDecoderBlock ? .int8 : asked
    }
}
