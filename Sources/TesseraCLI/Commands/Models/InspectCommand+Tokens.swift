import TesseraJSON
import TesseraDataset

extension InspectCommand {
    /// What a folder of token shards says about itself; `nil` if it is none.
    func tokenFolderFacts(of path: String) throws(DatasetError) -> JSONObject? {
        let manifest: TokenManifest
        do { manifest = try TokenManifest(folder: path) } catch {
            if case .shard(_, .noManifest) = error { return nil }
            throw error
        }
        var facts: JSONObject = ["kind": "tokens", "path": .string(path)]
        if let job = try TokenJob(folder: path) {
            facts["format"] = .string(job.container.rawValue)
            facts["shardSize"] = .integer(job.shardSize)
            facts["preparation"] = .object(job.preparation)
        }
        facts = facts.merging(manifest.origin.facts)
        let itemCount = manifest.files.reduce(0) { $0 + $1.itemCount }
        facts["pictures"] = .integer(itemCount)
        facts["files"] = .integer(manifest.files.count)
        if let statistics = try TokenSummary.statistics(ofFolder: path) {
            facts["statistics"] = .object(statistics)
        } else {
            facts["complete"] = false
        }
        return facts
    }

    /// What a file of tokens says about itself.
    func tokenFileFacts(of file: any GridFile, _ path: String) -> JSONObject {
        var facts: JSONObject = ["kind": "tokens", "path": .string(path)]
        facts = facts.merging(file.origin.facts)
        facts["pictures"] = .integer(file.items.count)
        guard tensors else { return facts }
        facts["items"] = .array(
            file.items.map { item in
                [
                    "key": .string(item.key), "width": .integer(item.width),
                    "height": .integer(item.height),
                ]
            })
        return facts
    }
}

extension TokenOrigin {
    fileprivate var facts: JSONObject {
        [
            "model": .string(model), "modelName": .string(modelName),
            "vocabulary": .array(vocabulary.map { .integer($0) }),
            "pixelsPerToken": .integer(pixelsPerToken),
        ]
    }
}
