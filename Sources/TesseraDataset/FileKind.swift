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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .refused(action: .open, path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notAFile(path: path)
        }
        var head = [UInt8](repeating: 0, count: 512)
        let count = read(descriptor, &head, head.count)
        guard count >= 0 else { throw .refused(action: .read, path: path, code: errno) }
        head.removeLast(head.count - count)
        if (try? ImageFormat(sniffing: head)) != nil {
            self = .picture
        } else if head.count > 262 && head[257 ..< 262].elementsEqual("ustar".utf8)
            || path.hasSuffix(".tar")
        {
            self = .archive
        } else {
            self = .other
        }
    }
}

/// Whether a name claims to be that of a picture, of a format that is read or that is well known.
func hasPictureEnding(_ path: String) -> Bool {
    pictureEndings.contains(path[endingIndex(of: path)...].dropFirst().lowercased())
}

/// Endings of members and files that must not be passed over in silence.
let pictureEndings: Set<String> = ["jpg", "jpeg", "png", "webp", "ppm", "gif", "tiff", "bmp"]
