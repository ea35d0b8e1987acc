import TesseraFiles

/// The bytes that members of an archive stand for, where links lead to those of others.
struct ArchiveLinks {
    /// The most links that are followed one after the other.
    private static let limit = 8

    private let file: ReadFile
    private var contents: [String: TarMember.Content]?

    init(_ file: ReadFile) {
        self.file = file
    }

    /// Where the bytes of a member are.
    ///
    /// - Parameters:
    ///   - content: The member.
    ///   - path: Its place, for errors.
    /// - Returns: A range of the archive.
    /// - Throws: ``DatasetError/item(path:_:)`` if there are no such bytes.
    mutating func range(
        of content: TarMember.Content, at path: String
    ) throws(DatasetError) -> Range<Int> {
        var content = content
        var target = ""
        for _ in 0 ... ArchiveLinks.limit {
            switch content {
            case .file(let range): return range
            case .sparse: throw .item(path: path, .sparse)
            case .special: throw .file(.notAFile(path: path))
            case .link(let next):
                target = next
                guard let linked = member(at: next) else {
                    throw .item(path: path, .deadLink(target: target))
                }
                content = linked
            }
        }
        throw .item(path: path, .deadLink(target: target))
    }

    /// What the archive has at a path; it is searched once, at the first link.
    private mutating func member(at path: String) -> TarMember.Content? {
        if let contents { return contents[path] }
        var found: [String: TarMember.Content] = [:]
        var reader = TarReader(file)
        while let member = try? reader.next() { found[member.path] = member.content }
        contents = found
        return found[path]
    }
}
