import Glibc
import TesseraFiles

/// The paths of all files below a folder, found once each and sorted by their bytes.
struct FolderWalk {
    /// Paths below the folder.
    private(set) var paths: [String] = []

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

    mutating func run() {
        var pending = [""]
        while let relativeFolder = pending.popLast() {
            pending += search(relativeFolder)
        }
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Adds the files of one folder and gives the folders in it.
    private mutating func search(_ relativeFolder: String) -> [String] {
        let path = relativeFolder.isEmpty ? folder : folder + "/" + relativeFolder
        var status = stat()
        guard stat(path, &status) == 0, let stream = opendir(path) else {
            faults.append(.file(.refused(action: .open, path: path, code: errno)))
            return []
        }
        defer { closedir(stream) }
        let identity = FileIdentity(device: status.st_dev, number: status.st_ino)
        guard visited.insert(identity).inserted else { return [] }
        var folders: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let relativePath = relativeFolder.isEmpty ? name : relativeFolder + "/" + name
            if entry.pointee.d_type == DT_REG {
                paths.append(relativePath)
                continue
            }
            guard stat(folder + "/" + relativePath, &status) == 0 else {
                let refused = FileError.refused(
                    action: .open, path: folder + "/" + relativePath, code: errno)
                faults.append(.file(refused))
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: folders.append(relativePath)
            case S_IFREG: paths.append(relativePath)
            default: faults.append(.file(.notAFile(path: folder + "/" + relativePath)))
            }
        }
        // The stack takes the last first; a link to a folder must not depend on the disk's order.
        return folders.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
    }
}
