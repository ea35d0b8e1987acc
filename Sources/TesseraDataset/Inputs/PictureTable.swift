/// The places of many pictures in little memory: one piece for all paths, sixteen bytes a picture.
///
/// A job with a list of a million paths peaks at 176 MiB so, and at 615 MiB with a value for each.
struct PictureTable: Sendable {
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    private var others: [Int: ImageItem] = [:]

    private struct Entry {
        let start: Int
        let count: UInt32
        let relativeCount: UInt32  // The end of the path, which names the picture.
    }

    /// The number of pictures.
    var count: Int { entries.count }

    /// Appends a file.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - relativePath: The end of the path, which names the picture.
    mutating func append(path: String, relativePath: String) {
        entries.append(
            Entry(
                start: bytes.count, count: UInt32(path.utf8.count),
                relativeCount: UInt32(relativePath.utf8.count)))
        bytes += path.utf8
    }

    /// Appends a picture that is no file.
    mutating func append(_ item: ImageItem) {
        others[entries.count] = item
        entries.append(Entry(start: bytes.count, count: 0, relativeCount: 0))
    }

    /// A picture, with the key that its path gives.
    subscript(index: Int) -> ImageItem {
        if let item = others[index] { return item }
        let entry = entries[index]
        let end = entry.start + Int(entry.count)
        let relativePath = tidied(text(end - Int(entry.relativeCount) ..< end))
        let components = relativePath.split(separator: "/")
        return ImageItem(
            key: withoutExtension(relativePath),
            label: components.count > 1 ? String(components[components.count - 2]) : nil,
            path: text(entry.start ..< end), content: .file)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}

/// Which pictures of a table have a key of their own, and which of them have another than their path
/// gives; as `uniqueItems` says, for tables too large to have all keys in memory.
struct UniquePictures: Sendable {
    /// What is wrong with the pictures that are left out.
    private(set) var faults: [DatasetError] = []

    private let table: PictureTable
    private var kept: [UInt32]?  // All of them if there is none.
    private var keys: [Int: String] = [:]

    /// The number of pictures that are not left out.
    var count: Int { kept?.count ?? table.count }

    init(_ table: PictureTable) {
        self.table = table
        // Keys that come twice have hashes that do; few others do.
        var unsafe: [Int] = []
        let hashes = (0 ..< table.count).map { index in
            let key = table[index].key
            if !isSafe(key: key) { unsafe.append(index) }
            return key.hashValue
        }
        var suspicious = repeated(in: hashes)
        guard !suspicious.isEmpty || !unsafe.isEmpty else { return }
        for index in 0 ..< table.count where suspicious.contains(hashes[index]) {
            suspicious.insert(wholeKey(of: table[index]).hashValue)
        }
        let indices = (0 ..< table.count).filter { suspicious.contains(hashes[$0]) }
        resolve(Set(indices).union(unsafe).sorted())
    }

    /// The pictures at some places among those that are not left out.
    func items(_ range: Range<Int>) -> [ImageItem] {
        range.map { place in
            let index = kept.map { Int($0[place]) } ?? place
            var item = table[index]
            if let key = keys[index] { item.key = key }
            return item
        }
    }

    /// Decides about the pictures that may share a key with another.
    private mutating func resolve(_ indices: [Int]) {
        let (unique, faults) = uniqueItems(indices.map { table[$0] })
        self.faults = faults
        var dropped: Set<Int> = []
        var next = 0
        for index in indices {
            if next < unique.count, unique[next].path == table[index].path {
                keys[index] = unique[next].key
                next += 1
            } else {
                dropped.insert(index)
            }
        }
        if !dropped.isEmpty {
            kept = (0 ..< UInt32(table.count)).filter { !dropped.contains(Int($0)) }
        }
    }
}

/// The values that come more than once.
private func repeated(in values: [Int]) -> Set<Int> {
    let sorted = values.sorted()
    return Set(zip(sorted, sorted.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
}
