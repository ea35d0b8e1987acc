import Glibc
import TesseraFiles
public import TesseraTensor

extension ModelFolder {
    /// Writes a model folder, its description last, so that half a folder is no model.
    ///
    /// - Parameters:
    ///   - description: What to say about the model; hashes are filled in.
    ///   - tokenizer: The weights of the tokenizer.
    ///   - prior: The weights of the prior, if `description` has one.
    ///   - path: The path of the folder, which is created if it does not exist.
    /// - Returns: The folder as it was written.
    /// - Throws: ``CheckpointError/file(_:)`` if the system refuses.
    public static func write(
        _ description: ModelDescription, tokenizer: SafetensorsWriter,
        prior: SafetensorsWriter? = nil, to path: String
    ) throws(CheckpointError) -> ModelFolder {
        precondition(
            (prior != nil) == (description.prior != nil),
            "A model folder has weights for what its description describes")
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw .file(.refused(action: .create, path: path, code: errno))
        }
        var description = description
        description.tokenizer.file.sha256 =
            try tokenizer.write(to: path + "/" + description.tokenizer.file.name)
        if let prior, let name = description.prior?.file.name {
            description.prior?.file.sha256 = try prior.write(to: path + "/" + name)
        }
        try write(description, in: path)
        return ModelFolder(path: path, description: description)
    }

    /// Puts bins into a dimension-wise tokenizer, in place of those that it has.
    ///
    /// Metrics are dropped from the description, because they were measured with other bins. The
    /// folder is a whole model at every moment, so that nothing is lost if the process is killed.
    ///
    /// - Parameter levels: The value that each bin stands for. Shape
    ///   `[latentChannels, binsPerChannel]`, rising in each row.
    /// - Returns: The folder as it is now.
    /// - Throws: ``CheckpointError`` if the weights cannot be read or written.
    public func save(levels: Tensor<Float>) throws(CheckpointError) -> ModelFolder {
        let shape = [description.tokenizer.latentChannels, description.tokenizer.binsPerChannel]
        precondition(
            levels.shape == shape, "Bins of shape \(levels.shape) do not fit shape \(shape)")
        let old = try tokenizerWeights(allowingMissingBins: true)
        var writer = SafetensorsWriter(metadata: old.metadata)
        for name in old.names where name != ModelFolder.levelsName {
            try writer.copy(name, from: old)
        }
        writer.add(levels, named: ModelFolder.levelsName)
        return try replaceTokenizer(with: writer)
    }

    /// Replaces the weights of the tokenizer and their hash, which are two files.
    ///
    /// The new weights get a name of their own first, and the description then points to them; a
    /// second link gives them the old name, and the description points back. Each of the four
    /// steps replaces one file atomically, and after each the description names the right weights.
    /// A run that was stopped in between is completed by the next.
    private func replaceTokenizer(
        with writer: SafetensorsWriter
    ) throws(CheckpointError) -> ModelFolder {
        var changed = description
        changed.metrics = [:]
        let oldName = description.tokenizer.file.name
        let name = oldName.hasSuffix(".new") ? String(oldName.dropLast(4)) : oldName
        let stagedName = oldName == name ? name + ".new" : name + ".newer"
        changed.tokenizer.file.sha256 = try writer.write(to: path + "/" + stagedName)
        changed.tokenizer.file.name = stagedName
        try ModelFolder.write(changed, in: path)
        try ModelFolder.link(path + "/" + stagedName, to: path + "/" + name)
        changed.tokenizer.file.name = name
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
