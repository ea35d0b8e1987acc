import TesseraFiles

/// A member of an archive that is a file, or that stands for one.
struct TarMember: Equatable {
    enum Content: Equatable {
        /// The bytes of a regular file.
        case file(Range<Int>)

        /// What another member, of this path, has.
        case link(String)

        /// A file whose holes are left out, which is not read.
        case sparse

        /// A device, a pipe, or what nobody knows.
        case special
    }

    /// The path, without empty components and those of one dot.
    let path: String

    let content: Content
}

/// Walks through the files of a tar archive: ustar, pax, and long names of GNU tar.
///
/// Folders are passed over. Sizes are compared with the bytes that are there before anything is read.
/// Blocks of zeros close an archive; another that follows them is read on.
/// (POSIX.1-2017, pax, "ustar Interchange Format".)
struct TarReader {
    /// The path of the member that the archive breaks off in, if its header is whole.
    private(set) var brokenPath: String?

    private let file: ReadFile
    private var offset = 0
    private var isClosed = false
    private var isEmpty = true
    private var extended = TarExtension()

    init(_ file: ReadFile) {
        self.file = file
    }

    /// The next file, or `nil` at the end.
    mutating func next() throws(DatasetError) -> TarMember? {
        while offset < file.byteCount {
            let start = offset
            let header = TarHeader(try part(start, count: 512, of: start))
            if header.isZero {
                isClosed = true
                offset += 512
            } else if header.isSound {
                (isClosed, isEmpty) = (false, false)
                if let member = try member(header, at: start) { return member }
            } else if isClosed {
                return nil  // What some programs leave behind the end.
            } else {
                throw fault(.checksum(offset: start))
            }
        }
        guard !isEmpty else { throw fault(.empty) }
        guard isClosed else { throw fault(.unclosed(byteCount: file.byteCount)) }
        return nil
    }

    /// The member that a header belongs to, if it is no folder and no extension of the next header.
    private mutating func member(
        _ header: TarHeader, at start: Int
    ) throws(DatasetError) -> TarMember? {
        guard let size = extended.size ?? header.size else { throw fault(.size(offset: start)) }
        let name = extended.memberPath ?? header.path
        brokenPath = tidied(name)
        var dataStart = start + 512
        if header.kind == "S" { dataStart = try endOfMap(header, at: dataStart) }
        let count = header.hasData ? size : 0
        guard count <= file.byteCount - dataStart else {
            throw fault(
                .truncated(
                    offset: dataStart, needed: count, available: file.byteCount - dataStart))
        }
        brokenPath = nil
        let range = dataStart ..< dataStart + count
        offset = min(range.upperBound + (512 - count % 512) % 512, file.byteCount)
        switch header.kind {
        case "x":
            let records = try bytes(of: file, range)
            do { try extended.add(records: records, at: start) } catch { throw fault(error) }
            return nil
        case "L", "K":
            extended.add(name: try bytes(of: file, range), ofLink: header.kind == "K")
            return nil
        case "g": return nil
        default:
            defer { extended = TarExtension() }
            return content(header, range, path: name).map {
                TarMember(path: tidied(name), content: $0)
            }
        }
    }

    /// What a member is; `nil` if it is a folder, or names the volume.
    private func content(
        _ header: TarHeader, _ range: Range<Int>, path: String
    ) -> TarMember.Content? {
        switch header.kind {
        case "\0", "0", "7":
            if path.hasSuffix("/") { return nil }
            return extended.isSparse ? .sparse : .file(range)
        case "1": return .link(tidied(extended.linkPath ?? header.linkPath))
        case "2":
            let target = extended.linkPath ?? header.linkPath
            return .link(target.hasPrefix("/") ? target : target.resolved(from: tidied(path)))
        case "S": return .sparse
        case "5", "D", "V": return nil
        default: return .special
        }
    }

    /// Where the data of a sparse member begins: each block of its map says whether another follows.
    private func endOfMap(_ header: TarHeader, at start: Int) throws(DatasetError) -> Int {
        guard header.isContinued else { return start }
        var end = start
        repeat { end += 512 } while try part(end - 512, count: 512, of: start)[504] != 0
        return end
    }

    private func part(_ start: Int, count: Int, of offset: Int) throws(DatasetError) -> [UInt8] {
        guard count <= file.byteCount - start else {
            throw fault(
                .truncated(offset: offset, needed: count, available: file.byteCount - start))
        }
        return try bytes(of: file, start ..< start + count)
    }

    private func fault(_ fault: TarFault) -> DatasetError { .tar(path: file.path, fault) }
}

/// The bytes of a member, or the error of its archive.
func bytes(of file: ReadFile, _ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    do { return try file.bytes(range) } catch { throw .file(error) }
}

/// A path without empty components and those of one dot, which lead nowhere.
func tidied(_ path: String) -> String {
    var isStart = true
    let isTidy = path.utf8.allSatisfy { byte in
        defer { isStart = byte == UInt8(ascii: "/") }
        return !isStart || byte != UInt8(ascii: "/") && byte != UInt8(ascii: ".")
    }
    guard !isTidy || isStart else { return path }
    return (path.hasPrefix("/") ? "/" : "")
        + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
}

extension String {
    /// The path that a relative one leads to from the folder of a file.
    fileprivate func resolved(from path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        for part in split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
