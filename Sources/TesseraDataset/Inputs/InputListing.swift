import Glibc
import TesseraFiles

/// The pictures and archives that a job reads, in order; no picture and no archive is opened yet.
///
/// Folders are searched with all that is below them, sorted by the bytes of the path. Hidden files
/// are passed over; a folder that symbolic links reach twice is searched once. In a folder a file
/// counts by its name or, where that says nothing, by its first bytes; a file that was named by
/// itself always counts as a picture if it is no archive. What cannot be used is listed in
/// ``faults``, and the rest goes on.
public struct InputListing: Sendable {
    /// The pictures in files of their own, in order.
    private(set) var pictures = PictureTable()

    /// The archives, in order, and how many pictures come before each.
    private(set) var archives: [(location: ArchiveLocation, pictureCount: Int)] = []

    /// What was found but cannot be used, and why.
    public private(set) var faults: [DatasetError] = []

    /// Searches files, folders and archives.
    ///
    /// - Parameter paths: Files, folders and archives, in the order in which they come out. A path
    ///   that does not exist may be a pattern; see ``PathPattern``.
    public init(searching paths: [String]) {
        for path in paths.flatMap({ PathPattern($0).paths }) {
            var status = stat()
            guard stat(path.whole, &status) == 0 else {
                addMissing(path.whole, relativePath: path.relative, code: errno)
                continue
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                addFolder(path.whole)
            } else {
                addFile(path.whole, relativePath: path.relative, isNamed: true)
            }
        }
    }

    /// Appends what a list names, in its order.
    ///
    /// - Parameter list: One path a line; the key of a picture is the path without its extension and
    ///   without `/` or `./` in front.
    public mutating func add(list: [UInt8]) {
        for line in list.split(separator: UInt8(ascii: "\n")) {
            let path = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            var relativePath = path[...]
            while let start = ["/", "./"].first(where: { relativePath.hasPrefix($0) }) {
                relativePath = relativePath.dropFirst(start.count)
            }
            if hasPictureExtension(path) {
                addPicture(path, relativePath: String(relativePath))
            } else {
                addFile(path, relativePath: String(relativePath), isNamed: true)
            }
        }
    }

    /// Appends archives that commands of the shell print.
    ///
    /// - Parameter commands: The commands, whose ranges in braces are spelled out; none is run yet.
    public mutating func add(commands: [String]) {
        for command in commands.flatMap(expandedBraces) { add(.command(command)) }
    }

    /// Appends a picture.
    ///
    /// - Parameter item: The picture.
    public mutating func add(_ item: ImageItem) {
        pictures.append(item)
    }

    private mutating func addFolder(_ folder: String) {
        var walk = FolderWalk(folder: folder)
        walk.run { relativePath in
            let path = folder.hasSuffix("/") ? folder + relativePath : folder + "/" + relativePath
            if hasPictureExtension(path) {
                addPicture(path, relativePath: relativePath)
            } else {
                addFile(path, relativePath: relativePath, isNamed: false)
            }
        }
        faults += walk.faults
    }

    /// Keeps the place of what is named but is not there, so that the numbers of shards do not change
    /// when it appears; reading it is the error.
    private mutating func addMissing(_ path: String, relativePath: String, code: Int32) {
        if hasArchiveExtension(path) {
            add(.file(path))
        } else if hasPictureExtension(path) {
            addPicture(path, relativePath: relativePath)
        } else {
            faults.append(.file(.refused(action: .open, path: path, code: code)))
        }
    }

    private mutating func addFile(_ path: String, relativePath: String, isNamed: Bool) {
        let kind: FileKind
        do { kind = try FileKind(path: path) } catch {
            faults.append(.file(error))
            return
        }
        switch kind {
        case .archive: add(.file(path))
        case .picture: addPicture(path, relativePath: relativePath)
        case .other where isNamed: addPicture(path, relativePath: relativePath)
        case .other:
            if otherPictureExtensions.contains(lastExtension(of: path)) {
                faults.append(.item(path: path, .otherFormat))
            }
        }
    }

    private mutating func addPicture(_ path: String, relativePath: String) {
        pictures.append(path: path, relativePath: relativePath)
    }

    private mutating func add(_ location: ArchiveLocation) {
        archives.append((location, pictures.count))
    }
}

/// Gives files that differ in nothing but their extension from one before them their whole names as
/// keys, and drops items whose key is still that of an earlier one, or no path below a folder.
///
/// The key of a file so follows from those before it: one that is added behind it changes nothing.
func uniqueItems(_ items: [ImageItem]) -> (items: [ImageItem], faults: [DatasetError]) {
    var unique: [ImageItem] = []
    var faults: [DatasetError] = []
    var paths: [String: String] = [:]
    var wholePaths: [String: String] = [:]
    for var item in items {
        var other = paths[item.key]
        if case .file = item.content {
            let whole = wholeKey(of: item)
            if other != nil {
                item.key = whole
                other = paths[whole] ?? wholePaths[whole]
            }
            wholePaths[whole] = wholePaths[whole] ?? item.path
        }
        if !isSafe(key: item.key) {
            faults.append(.item(path: item.path, .unsafeKey(item.key)))
        } else if let other {
            faults.append(.item(path: item.path, .duplicateKey(item.key, other: other)))
        } else {
            paths[item.key] = item.path
            unique.append(item)
        }
    }
    return (unique, faults)
}

/// The key of a file with its extension.
func wholeKey(of item: ImageItem) -> String {
    item.key + item.path.suffix(from: extensionIndex(of: item.path))
}

/// Extensions of members and files that must not be passed over in silence.
let pictureExtensions: Set<String> = [
    "apng", "bmp", "gif", "jfif", "jpe", "jpeg", "jpg", "mpo", "png", "ppm", "tiff", "webp",
]

/// Extensions of pictures of formats that are not read.
///
/// In a folder such a file is a fault and no item, so that it does not take the key of a JPEG beside it.
let otherPictureExtensions: Set<String> = [
    "arw", "avif", "cr2", "cr3", "dng", "exr", "heic", "heif", "hif", "ico", "j2k", "jp2", "jpx",
    "jxl",
    "jxr", "nef", "orf", "pam", "pbm", "pgm", "pnm", "psd", "qoi", "raf", "rw2", "tga", "tif",
]

/// Whether a name claims to be that of a picture, of a format that is read or that is well known.
func hasPictureExtension(_ path: String) -> Bool {
    pictureExtensions.contains(lastExtension(of: path))
}

/// What follows the last dot of a name, in lower case.
func lastExtension(of path: String) -> String {
    path[extensionIndex(of: path)...].dropFirst().lowercased()
}

/// The last component of a path.
func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}

/// Where the extension of the last component begins, with its dot; the end if there is none.
func extensionIndex(of path: String) -> String.Index {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[start...].lastIndex(of: "."), dot > start else { return path.endIndex }
    return dot
}

func withoutExtension(_ path: String) -> String { String(path[..<extensionIndex(of: path)]) }
