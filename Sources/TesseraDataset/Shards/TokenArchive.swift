import TesseraJSON
import TesseraFiles
public import TesseraTokens

/// The grids of one tar archive in the manner of WebDataset, of any sizes.
///
/// The first member is `__tessera__`, JSON about what the grids have in common, which readers of
/// WebDataset pass over. Then come `KEY.json` and `KEY.tokens.npy` for each picture. A dot would end
/// a key there, so that one in the last component of a key is written `%2E`, and `%` as `%25`; the
/// JSON has the key as it is.
public struct TokenArchive: GridFile {
    /// What the grids have in common with those of other files.
    public let origin: TokenOrigin

    /// The pictures, in order.
    public let items: [TokenItem]

    private static let originName = "__tessera__"
    private let path: String
    private let file: ReadFile
    private let arrays: [Range<Int>]

    /// Opens an archive and checks all but the codes.
    ///
    /// - Parameter path: The path of the archive.
    /// - Throws: ``DatasetError``.
    public init(path: String) throws(DatasetError) {
        let file: ReadFile
        do { file = try ReadFile(path: path) } catch { throw .file(error) }
        var reader = TarReader(file)
        func next() throws(DatasetError) -> (path: String, range: Range<Int>)? {
            guard let member = try reader.next() else { return nil }
            guard case .file(let range) = member.content else {
                throw .shard(path: path, .metadata(key: member.path))
            }
            return (member.path, range)
        }
        func json(_ member: (path: String, range: Range<Int>)) throws(DatasetError) -> JSONValue {
            let text = try bytes(of: file, member.range)
            do { return try JSONValue(parsing: text) } catch {
                throw .json(path: path + "/" + member.path, error)
            }
        }
        guard let first = try next(), first.path == TokenArchive.originName else {
            throw .shard(path: path, .metadata(key: TokenArchive.originName))
        }
        let description = try json(first)
        var items: [TokenItem] = []
        var arrays: [Range<Int>] = []
        do { origin = try TokenOrigin(json: description) } catch {
            throw .shard(path: path, error)
        }
        while let text = try next() {
            let value = try json(text)
            do throws(ShardFault) {
                items.append(try TokenItem(json: value, number: items.count + 1))
            } catch { throw .shard(path: path + "/" + text.path, error) }
            guard let array = try next(), array.path.hasSuffix(".tokens.npy") else {
                throw .shard(path: path, .metadata(key: text.path))
            }
            arrays.append(array.range)
        }
        self.path = path
        self.file = file
        self.items = items
        self.arrays = arrays
    }

    /// Reads one grid.
    ///
    /// - Parameter index: The place of the picture in ``items``.
    /// - Returns: A grid with no masked slot.
    /// - Throws: ``DatasetError``, of which ``ShardFault/code(key:found:slot:vocabulary:)`` says that
    ///   a code is outside its vocabulary.
    public func grid(at index: Int) throws(DatasetError) -> TokenGrid {
        precondition(
            items.indices.contains(index), "A shard of \(items.count) has no grid \(index)")
        let item = items[index]
        let height = (item.height - 1) / origin.pixelsPerToken + 1
        let width = (item.width - 1) / origin.pixelsPerToken + 1
        let array = try bytes(of: file, arrays[index])
        let codes = array.withUnsafeBytes {
            ArrayFile.codes(in: $0, height: height, width: width, origin: origin)
        }
        guard let codes else {
            throw .shard(path: path, .array(key: item.key, height: height, width: width))
        }
        return try checkedGrid(codes, at: index, height: height, width: width, path: path)
    }

    /// Checks that an archive that this program wrote has its end.
    static func checkEnd(path: String) throws(DatasetError) {
        do {
            let file = try ReadFile(path: path)
            let end = try file.bytes(
                max(file.byteCount - TarWriter.end.count, 0) ..< file.byteCount)
            if end == TarWriter.end && file.byteCount % 512 == 0 { return }
        } catch { throw .file(error) }
        throw .shard(path: path, .noEnd)
    }

    /// Writes grids, member by member, so that they are never in memory twice.
    ///
    /// - Returns: The SHA-256 of the archive.
    static func write(
        _ grids: [StoredGrid], origin: TokenOrigin, to path: String
    ) throws(DatasetError) -> String {
        do {
            var file = HashedFile(try AtomicFile(path: path))
            try file.append(TarWriter.member(originName, Array(origin.json.compactText.utf8)))
            for grid in grids {
                let name = memberName(of: grid.item.key)
                try file.append(
                    TarWriter.member(name + ".json", Array(grid.item.json.compactText.utf8)))
                try file.append(
                    TarWriter.member(
                        name + ".tokens.npy", ArrayFile.bytes(of: grid, origin: origin)))
            }
            try file.append(TarWriter.end)
            return try file.commit()
        } catch { throw .file(error) }
    }

    /// The key without dots in its last component.
    static func memberName(of key: String) -> String {
        let start = key.lastIndex(of: "/").map { key.index(after: $0) } ?? key.startIndex
        let name = key[start...].replacing("%", with: "%25").replacing(".", with: "%2E")
        return String(key[..<start]) + name
    }
}

/// A file whose hash is known when it is complete.
private struct HashedFile: ~Copyable {
    private var file: AtomicFile
    private var hash = SHA256()

    init(_ file: consuming AtomicFile) {
        self.file = file
    }

    mutating func append(_ bytes: [UInt8]) throws(FileError) {
        bytes.withUnsafeBytes { hash.update($0) }
        try file.write(bytes)
    }

    consuming func commit() throws(FileError) -> String {
        try file.commit()
        return hash.hexDigest()
    }
}
