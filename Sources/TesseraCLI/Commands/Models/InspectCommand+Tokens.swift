import TesseraDataset
import TesseraJSON

extension InspectCommand {
    /// What a folder of token shards says about itself; `nil` if it is none.
    func tokenFolderMetadata(of path: String) throws(DatasetError) -> JSONObject? {
        let manifest: TokenManifest
        do { manifest = try TokenManifest(folder: path) } catch {
            if case .shard(_, .noManifest) = error { return nil }
            throw error
        }
        var metadata: JSONObject = ["kind": "tokens", "path": .string(path)]
        if let job = try TokenJob(folder: path) {
            metadata["format"] = .string(job.container.rawValue)
            metadata["shardSize"] = .integer(job.shardSize)
            metadata["preparation"] = .object(job.preparation)
        }
        metadata = metadata.merging(manifest.origin.metadata)
        let itemCount = manifest.files.reduce(0) { $0 + $1.itemCount }
        metadata["pictures"] = .integer(itemCount)
        metadata["files"] = .integer(manifest.files.count)
        if let statistics = try TokenSummary.statistics(ofFolder: path) {
            metadata["statistics"] = .object(statistics)
        } else {
            metadata["complete"] = false
        }
        let damaged = manifest.files.filter { $0.fault(in: path) != nil }.map(\.name)
        if !damaged.isEmpty {
            metadata["complete"] = false
            metadata["damaged"] = .array(damaged.map { .string($0) })
        }
        return metadata
    }

    /// What a file of tokens says about itself.
    func tokenFileMetadata(of file: any GridFile, _ path: String) -> JSONObject {
        var metadata: JSONObject = ["kind": "tokens", "path": .string(path)]
        metadata = metadata.merging(file.origin.metadata)
        metadata["pictures"] = .integer(file.items.count)
        guard tensors else { return metadata }
        metadata["items"] = .array(
            file.items.map { item in
                [
                    "key": .string(item.key), "width": .integer(item.width),
                    "height": .integer(item.height),
                ]
            })
        return metadata
    }
}

extension TokenOrigin {
    fileprivate var metadata: JSONObject {
        [
            "model": .string(model), "modelName": .string(modelName),
            "vocabulary": .array(vocabulary.map { .integer($0) }),
            "pixelsPerToken": .integer(pixelsPerToken),
        ]
    }
}
