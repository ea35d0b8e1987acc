import Glibc
import TesseraFiles

/// A folder that exists as long as this value, for tests that write files.
public final class TemporaryFolder {
    /// The absolute path.
    public let path: String

    /// Makes an empty folder.
    public init() {
        var template = Array("/tmp/tessera-tests-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "No folder can be made in /tmp")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path of a file in this folder.
    ///
    /// - Parameter name: A path below this folder.
    /// - Returns: The absolute path.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, and the folders above it.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: A path below this folder.
    /// - Returns: The absolute path.
    @discardableResult
    public func write(_ bytes: [UInt8], as name: String) -> String {
        for (index, character) in zip(name.indices, name) where character == "/" {
            mkdir(file(String(name[..<index])), 0o777)
        }
        guard let stream = fopen(file(name), "w") else {
            preconditionFailure("'\(file(name))' cannot be written")
        }
        precondition(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
        fclose(stream)
        return file(name)
    }

    /// Reads a file in this folder.
    ///
    /// - Parameter name: A path below this folder.
    /// - Returns: Its bytes, or none if there is no such file.
    public func read(_ name: String) -> [UInt8] { bytes(of: file(name)) }

    /// The names in this folder, sorted.
    public var names: [String] { TemporaryFolder.names(in: path) }

    /// The names in a folder, sorted.
    ///
    /// - Parameter folder: The path of a folder.
    /// - Returns: All names but those of the folder itself and the one above.
    public static func names(in folder: String) -> [String] {
        ((try? entryNames(in: folder)) ?? []).sorted()
    }

    deinit {
        removeTree(path)
    }
}

/// The bytes of a file, or none if there is no such file.
func bytes(of path: String) -> [UInt8] {
    guard let stream = fopen(path, "r") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    while case let byte = getc(stream), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
}

private func removeTree(_ path: String) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        for name in TemporaryFolder.names(in: path) { removeTree(path + "/" + name) }
    }
    remove(path)
}
