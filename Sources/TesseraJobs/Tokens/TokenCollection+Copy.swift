import TesseraDataset
import TesseraFiles
import TesseraJSON

extension TokenCollection {
    /// Copies the tokens of some pictures into a new folder, as if those had been the only inputs.
    ///
    /// - Parameters:
    ///   - kept: The places of the pictures among those that can be read.
    ///   - output: The folder.
    /// - Returns: The walk, whose outcome is the number of pictures. It fails by the usage if the folder
    ///   holds something else, or a key comes twice.
    public func copy(_ kept: Set<Int>, to output: String) -> TokenScan<Int> {
        TokenScan(collection: self) { (walk) throws(JobError) in
            var copy: TokenCopy
            do {
                try makeFolders(output.folder)
                copy = try TokenCopy(to: output, copiedJob())
            } catch { throw JobError(writing: error) }
            var place = 0
            var keys: Set<String> = []
            let isWhole = try walk.forEach(
                make: { StoredGrid($0.grid, for: $0.item) },
                take: { (grid) throws(JobError) in
                    defer { place += 1 }
                    guard kept.contains(place) else { return }
                    guard keys.insert(grid.item.key).inserted else {
                        throw JobError(
                            writing: DatasetError.shard(
                                path: path, .repeatedKey(grid.item.key, place: path)))
                    }
                    do { try copy.add(grid) } catch { throw JobError(writing: error) }
                })
            guard isWhole else { return nil }
            do { try copy.finish() } catch { throw JobError(writing: error) }
            return keys.count
        }
    }

    /// The job of the folder, or what it would have been.
    private func copiedJob() throws(DatasetError) -> TokenJob {
        let job = isFolder(path) ? try TokenJob(folder: path) : nil
        return TokenJob(
            origin: origin,
            container: job?.container ?? (path.hasSuffix(".tar") ? .webdataset : .safetensors),
            shardSize: job?.shardSize ?? 1024, preparation: job?.preparation ?? [:])
    }
}
