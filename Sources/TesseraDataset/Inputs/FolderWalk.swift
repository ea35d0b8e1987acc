import Glibc
import TesseraFiles

/// The paths of all files below a folder, found once each and in the order of their bytes.
///
/// No more names are in memory than those of the folders from the top down to where the walk is.
struct FolderWalk {
    private(set) var faults: [DatasetError] = []

    private let folder: String
    private var visited: Set<FileIdentity> = []

    private struct FileIdentity: Hashable {
        let device: UInt
        let number: UInt
    }

    init(folder: String) {
        self.folder = folder
    }

    /// Visits every file.
    ///
    /// - Parameter visit: Told of the path below the folder.
    mutating func run(_ visit: (String) -> Void) {
        search("", visit)
    }

    private mutating func search(_ relativeFolder: String, _ visit: (String) -> Void) {
        // A folder's name ends in a slash: then the names of each folder in the order of their bytes,
        // one folder inside the other, are all paths in the order of theirs.
        for name in names(in: relativeFolder).sorted(by: {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }) {
            if name.hasSuffix("/") {
                search(relativeFolder + name, visit)
            } else {
                visit(relativeFolder + name)
            }
        }
    }

    /// The files of a folder and, with a slash, the folders in it; nothing if it was visited before.
    private mutating func names(in relativeFolder: String) -> [String] {
        let path = relativeFolder.isEmpty ? folder : folder + "/" + relativeFolder.dropLast()
        var status = stat()
        guard stat(path, &status) == 0, let stream = opendir(path) else {
            faults.append(.file(.refused(action: .open, path: path, code: errno)))
            return []
        }
        defer { closedir(stream) }
        let identity = FileIdentity(device: status.st_dev, number: status.st_ino)
        guard visited.insert(identity).inserted else { return [] }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            if entry.pointee.d_type == DT_REG {
                names.append(name)
                continue
            }
            let whole = path + "/" + name
            guard stat(whole, &status) == 0 else {
                faults.append(.file(.refused(action: .open, path: whole, code: errno)))
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: names.append(name + "/")
            case S_IFREG: names.append(name)
            default: faults.append(.file(.notAFile(path: whole)))
            }
        }
        return names
    }
}
