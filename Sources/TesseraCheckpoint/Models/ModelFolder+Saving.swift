import TesseraJSON
import Glibc
import TesseraFiles

extension ModelFolder {
    /// Writes a model folder, its description last, so that half a folder is no model.
    ///
    /// - Parameters:
    ///   - description: What to say about the model; hashes are filled in.
    ///   - weights: The weights of each part of the description.
    ///   - path: The path of the folder, which is created if it does not exist.
    /// - Returns: The folder as it was written.
    /// - Throws: ``CheckpointError/file(_:)`` if the system refuses.
    public static func write(
        _ description: ModelDescription, weights: [ModelPart.Role: SafetensorsWriter],
        to path: String
    ) throws(CheckpointError) -> ModelFolder {
        precondition(
            Set(weights.keys) == Set(description.parts.keys),
            "A model folder has weights for what its description describes")
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw .file(.refused(action: .create, path: path, code: errno))
        }
        var description = description
        for role in ModelPart.Role.allCases {
            guard let writer = weights[role], let name = description.parts[role]?.file.name else {
                continue
            }
            description.parts[role]?.file.sha256 = try writer.write(to: path + "/" + name)
        }
        try write(description, in: path)
        return ModelFolder(path: path, description: description)
    }

    /// Replaces the weights of a part and their hash, which are two files.
    ///
    /// Metrics are dropped from the description, because they were measured with other weights.
    ///
    /// The new weights get a name of their own first, and the description then points to them; a
    /// second link gives them the old name, and the description points back. Each of the four
    /// steps replaces one file atomically, and after each the description names the right weights.
    /// A run that was stopped in between is completed by the next.
    ///
    /// - Parameters:
    ///   - role: A part that the folder has.
    ///   - writer: Its new weights.
    /// - Returns: The folder as it is now.
    /// - Throws: ``CheckpointError`` if there is no such part, or the weights cannot be written.
    public func replaceWeights(
        of role: ModelPart.Role, with writer: SafetensorsWriter
    ) throws(CheckpointError) -> ModelFolder {
        var changed = description
        changed.metrics = [:]
        let oldName = try part(role).file.name
        let name = oldName.hasSuffix(".new") ? String(oldName.dropLast(4)) : oldName
        let stagedName = oldName == name ? name + ".new" : name + ".newer"
        changed.parts[role]?.file.sha256 = try writer.write(to: path + "/" + stagedName)
        changed.parts[role]?.file.name = stagedName
        try ModelFolder.write(changed, in: path)
        try ModelFolder.link(path + "/" + stagedName, to: path + "/" + name)
        changed.parts[role]?.file.name = name
        try ModelFolder.write(changed, in: path)
        unlink(path + "/" + stagedName)
        if oldName != name { unlink(path + "/" + oldName) }
        return ModelFolder(path: path, description: changed)
    }

    /// Gives a file a second name in place of the file that has it now.
    private static func link(_ file: String, to name: String) throws(CheckpointError) {
        let temporary = name + ".link"
        unlink(temporary)
        guard Glibc.link(file, temporary) == 0, rename(temporary, name) == 0 else {
            throw .file(.refused(action: .rename, path: name, code: errno))
        }
    }

    private static func write(
        _ description: ModelDescription, in path: String
    ) throws(CheckpointError) {
        do {
            var file = try AtomicFile(path: path + "/" + descriptionName)
            try file.write(Array(description.json.indentedText.utf8))
            try file.commit()
        } catch { throw .file(error) }
    }
}
