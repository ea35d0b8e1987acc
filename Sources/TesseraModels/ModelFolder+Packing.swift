public import TesseraCheckpoint
public import TesseraPacking

extension ModelFolder {
    /// Writes a model whose weights are packed, as far as the families of its parts advise it.
    ///
    /// - Parameters:
    ///   - name: The name of the new model.
    ///   - formats: How the weights of a part are packed; a part without a format is left.
    ///   - path: The path of the new folder, which is created if it does not exist.
    /// - Returns: The new folder, and what became of each tensor that was packed.
    /// - Throws: ``CheckpointError`` if the weights cannot be read or written.
    public func packed(
        named name: String, formats: [ModelPart.Role: any WeightFormat], to path: String
    ) throws(CheckpointError) -> (folder: ModelFolder, tensors: [PackedTensor]) {
        var advice: [ModelPart.Role: (TensorDescription) -> PackingAdvice] = [:]
        for role in ModelPart.Role.allCases where description.parts[role] != nil {
            advice[role] = try self.advice(of: try family(of: role), as: role)
        }
        return try packed(named: name, formats: formats, to: path) { role, tensor in
            advice[role]?(tensor) ?? .keep
        }
    }

    private func advice(
        of family: any ModelFamily.Type, as role: ModelPart.Role
    ) throws(CheckpointError) -> (TensorDescription) -> PackingAdvice {
        func advice<Family: ModelFamily>(
            of family: Family.Type
        ) throws(CheckpointError) -> (TensorDescription) -> PackingAdvice {
            let settings = try settings(of: family, as: role)
            return { family.packing(of: $0, settings) }
        }
        return try advice(of: family)
    }
}
