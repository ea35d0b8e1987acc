import CTesseraCodecs
import Glibc
import TesseraFiles

/// The bytes of an archive; one that is compressed or printed by a command is unpacked first.
///
/// What is unpacked goes to a file without a name in `TMPDIR`, which the system clears away with the
/// process: any member can then be read at any time, in no more memory than a plain archive takes.
struct UnpackedArchive {
    /// The most bytes that an archive may have when it is unpacked.
    static let byteLimit = 1 << 38

    /// What there is of the archive.
    private(set) var file: ReadFile?

    /// Why it is not whole.
    private(set) var fault: DatasetError?

    init(_ location: ArchiveLocation, byteLimit: Int = UnpackedArchive.byteLimit) {
        do throws(DatasetError) {
            switch location {
            case .file(let path):
                let head: [UInt8]
                do { head = try FileKind.firstBytes(of: path, count: 6) } catch {
                    throw .file(error)
                }
                if head.starts(with: [0x1F, 0x8B]) {
                    try unpack(path, limit: byteLimit)
                } else if let program = compression(of: head) {
                    throw .archive(path: path, .unreadCompression(program: program))
                } else {
                    do { file = try ReadFile(path: path) } catch { throw .file(error) }
                }
            case .command(let command): try keepOutput(of: command, limit: byteLimit)
            }
        } catch { fault = error }
    }

    private mutating func unpack(_ path: String, limit: Int) throws(DatasetError) {
        let input = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else {
            throw .file(.refused(action: .open, path: path, code: errno))
        }
        defer { close(input) }
        try keep(input, of: path, unzips: true, limit: limit)
    }

    private mutating func keepOutput(of command: String, limit: Int) throws(DatasetError) {
        guard let stream = popen(command, "re") else {
            throw .file(.refused(action: .open, path: command, code: errno))
        }
        var status: Int32 = 0
        do throws(DatasetError) {
            try keep(fileno(stream), of: command, unzips: false, limit: limit)
            status = pclose(stream)
        } catch {
            pclose(stream)
            throw error
        }
        guard status == 0 else {
            let isSignal = status & 0x7F != 0
            throw .archive(
                path: command,
                .command(status: isSignal ? -Int(status & 0x7F) : Int(status >> 8 & 0xFF)))
        }
    }

    /// Copies what a descriptor gives, and keeps the copy even if something is wrong with its end.
    private mutating func keep(
        _ input: Int32, of path: String, unzips: Bool, limit: Int
    ) throws(DatasetError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/tessera-XXXXXX".utf8CString)
        let output = mkstemp(&template)
        guard output >= 0 else {
            throw .file(.refused(action: .create, path: folder, code: errno))
        }
        unlink(template)
        _ = fcntl(output, F_SETFD, FD_CLOEXEC)
        var code: Int32 = 0
        let status = tessera_copy(input, output, unzips ? 1 : 0, UInt64(limit), &code)
        do { file = try ReadFile(taking: output, path: path) } catch { throw .file(error) }
        switch UInt32(status) {
        case TESSERA_CODEC_OK.rawValue: return
        case TESSERA_CODEC_TRUNCATED.rawValue: throw .archive(path: path, .truncatedGzip)
        case TESSERA_CODEC_TOO_LONG.rawValue: throw .archive(path: path, .tooLong(limit: limit))
        case TESSERA_CODEC_NO_MEMORY.rawValue: throw .archive(path: path, .outOfMemory)
        case TESSERA_CODEC_UNREADABLE.rawValue:
            throw .file(.refused(action: .read, path: path, code: code))
        case TESSERA_CODEC_REFUSED.rawValue:
            throw .file(.refused(action: .write, path: folder, code: code))
        default: throw .archive(path: path, .damagedGzip)
        }
    }
}

/// Where an archive is.
public enum ArchiveLocation: Hashable, Sendable {
    /// A file, plain or compressed by gzip.
    case file(String)

    /// A command of the shell that prints it.
    case command(String)

    /// Whether the archive is read to its end before a picture of it can be.
    public var mustBeUnpacked: Bool {
        switch self {
        case .file(let path): path.hasSuffix("gz")
        case .command: true
        }
    }

    /// The path or the command.
    public var path: String {
        switch self {
        case .file(let path): path
        case .command(let command): command
        }
    }
}
