import Glibc
import TesseraFiles
import TesseraImage

/// What a file is, by its first bytes.
enum FileKind {
    case picture
    case archive
    case other

    /// Reads the first bytes of a file.
    init(path: String) throws(FileError) {
        let head = try FileKind.firstBytes(of: path, count: 512)
        if (try? ImageFormat(sniffing: head)) != nil {
            self = .picture
        } else if head.count > 262 && head[257 ..< 262].elementsEqual("ustar".utf8)
            || hasArchiveExtension(path)
        {
            self = .archive
        } else {
            self = .other
        }
    }

    /// The first bytes of a regular file; fewer if it is shorter.
    static func firstBytes(of path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .refused(action: .open, path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notAFile(path: path)
        }
        var head = [UInt8](repeating: 0, count: count)
        let found = read(descriptor, &head, count)
        guard found >= 0 else { throw .refused(action: .read, path: path, code: errno) }
        head.removeLast(count - found)
        return head
    }
}

/// What names of archives end with, whether they are read or named as those that are not.
let archiveExtensions = [
    ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2",
    ".tar.lz4", ".tar.lzma",
]

/// Whether a name claims to be that of an archive.
func hasArchiveExtension(_ path: String) -> Bool {
    archiveExtensions.contains { path.hasSuffix($0) }
}

/// The program that compressed a file, by its first bytes, if it is not gzip.
func compression(of head: [UInt8]) -> String? {
    let marks: [(program: String, bytes: [UInt8])] = [
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
        ("bzip2", [0x42, 0x5A, 0x68]), ("lz4", [0x04, 0x22, 0x4D, 0x18]),
    ]
    return marks.first { head.starts(with: $0.bytes) }?.program
}
