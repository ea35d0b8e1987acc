import Glibc
import TesseraFiles

/// The name of a file of a shard: `NNNNNN`, for a part of an archive `-PPP`, where grids of several
/// sizes are in several files `-HxW`, and an extension.
struct ShardFileName {
    /// The shard, without the size and the extension.
    let shard: String

    let fileExtension: String

    /// `nil` if the name is not made so.
    init?(_ name: String) {
        let halves = name.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2, ["safetensors", "tar", "jsonl", "json"].contains(halves[1]) else {
            return nil
        }
        var parts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        if let size = parts.last, size.contains("x") {
            let sides = size.split(separator: "x", omittingEmptySubsequences: false)
            guard sides.count == 2, sides.allSatisfy(isNumber) else { return nil }
            parts.removeLast()
        }
        guard (1 ... 2).contains(parts.count), parts.allSatisfy(isNumber) else { return nil }
        shard = parts.joined(separator: "-")
        fileExtension = String(halves[1])
    }
}

private func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30 ... 0x39).contains($0) }
}

/// What is in a folder of token shards, by its names.
struct FolderNames {
    /// A shard, finished or not.
    struct Shard {
        let shard: String
        var hasRecord = false
        var files: [String] = []
    }

    /// The shards, sorted by their numbers.
    private(set) var shards: [Shard] = []

    /// Files that a process left behind that was killed.
    private(set) var temporaries: [String] = []

    init(_ folder: String) throws(DatasetError) {
        let names: [String]
        do { names = try entryNames(in: folder) } catch { throw .file(error) }
        var found: [String: Shard] = [:]
        for name in names {
            if TemporaryFiles.isTemporary(name: name) { temporaries.append(name) }
            guard let parts = ShardFileName(name) else { continue }
            var shard = found[parts.shard] ?? Shard(shard: parts.shard)
            if parts.fileExtension == "json" {
                shard.hasRecord = true
            } else {
                shard.files.append(name)
            }
            found[parts.shard] = shard
        }
        func numbers(_ shard: Shard) -> [Int] {
            shard.shard.split(separator: "-").map { Int($0) ?? 0 }
        }
        shards = found.values.sorted { numbers($0).lexicographicallyPrecedes(numbers($1)) }
    }
}

/// Removes a file of a folder; one that is gone already is as good.
func removeFile(_ path: String) throws(DatasetError) {
    guard unlink(path) == 0 || errno == ENOENT else {
        throw .file(.refused(action: .remove, path: path, code: errno))
    }
}

/// Writes a small file whole, unless it is there with the same content.
func writeText(_ text: String, to path: String) throws(DatasetError) {
    do {
        if let old = try? readBytes(path: path, limit: 1 << 30), old.elementsEqual(text.utf8) {
            return
        }
        try writeTextFile(text, to: path)
    } catch { throw .file(error) }
}
