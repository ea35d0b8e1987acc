import Glibc
import TesseraCheckpoint
import TesseraFiles

/// The pictures of files, folders and tar archives, in an order that does not depend on the disk.
///
/// Folders are searched with all that is below them, sorted by the bytes of the path. Hidden files
/// are passed over; a folder that symbolic links reach twice is searched once. In a folder a file
/// counts as a picture by its first bytes or by its name; a file that was named by itself always
/// counts. What cannot be used is listed in ``faults``, and the rest goes on.
public struct ImageSource: Sendable {
    /// The pictures, in order.
    public private(set) var items: [ImageItem] = []

    /// What was found but cannot be used, and why.
    public private(set) var faults: [DatasetError] = []

    /// Searches for pictures.
    ///
    /// - Parameter paths: Files, folders and archives, in the order in which they come out.
    public init(searching paths: [String]) {
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else {
                faults.append(.file(.refused(action: .open, path: path, code: errno)))
                continue
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                addFolder(path)
            } else {
                addFile(path, relativePath: name(of: path), isNamed: true)
            }
        }
        makeKeysUnique()
    }

    private mutating func addFolder(_ folder: String) {
        var walk = FolderWalk(folder: folder)
        walk.run()
        faults += walk.faults
        for relativePath in walk.paths {
            let path = folder.hasSuffix("/") ? folder + relativePath : folder + "/" + relativePath
            addFile(path, relativePath: relativePath, isNamed: false)
        }
    }

    private mutating func addFile(_ path: String, relativePath: String, isNamed: Bool) {
        let kind: FileKind
        do { kind = try FileKind(path: path) } catch {
            faults.append(.file(error))
            return
        }
        switch kind {
        case .archive:
            let archive = ArchiveItems(path: path)
            items += archive.items
            faults += archive.faults
        case .picture: addPicture(path, relativePath: relativePath)
        case .other:
            if isNamed || hasPictureEnding(path) { addPicture(path, relativePath: relativePath) }
        }
    }

    private mutating func addPicture(_ path: String, relativePath: String) {
        let components = relativePath.split(separator: "/")
        items.append(
            ImageItem(
                key: withoutEnding(relativePath),
                label: components.count > 1 ? String(components[components.count - 2]) : nil,
                path: path, content: .file))
    }

    /// Gives files that differ in nothing but their ending their whole names as keys, and drops
    /// items whose key is still that of an earlier one, or no path below a folder.
    private mutating func makeKeysUnique() {
        var counts: [String: Int] = [:]
        for item in items { counts[item.key, default: 0] += 1 }
        var unique: [ImageItem] = []
        var paths: [String: String] = [:]
        for var item in items {
            if case .file = item.content, counts[item.key, default: 0] > 1 {
                item.key += item.path.suffix(from: endingIndex(of: item.path))
            }
            if !isSafe(key: item.key) {
                faults.append(.item(path: item.path, .unsafeKey(item.key)))
            } else if let other = paths[item.key] {
                faults.append(.item(path: item.path, .duplicateKey(item.key, other: other)))
            } else {
                paths[item.key] = item.path
                unique.append(item)
            }
        }
        items = unique
    }
}

/// The last component of a path.
func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}

/// Where the ending of the last component begins, with its dot; the end if there is none.
func endingIndex(of path: String) -> String.Index {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[start...].lastIndex(of: "."), dot > start else { return path.endIndex }
    return dot
}

func withoutEnding(_ path: String) -> String { String(path[..<endingIndex(of: path)]) }
