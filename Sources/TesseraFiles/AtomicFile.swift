import CTesseraFiles
import Glibc
import Synchronization

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file in the same folder, which is brought to the disk and renamed by
/// ``commit()``. A value that ends before that takes its temporary file with it, and
/// ``TemporaryFiles/removeAll()`` does so for all of them when a signal ends the process. Whoever
/// reads the name sees the old file or the new one, never a part.
///
///     var file = try AtomicFile(path: "result.png")
///     try file.write(bytes)
///     try file.commit()
///
/// A symbolic link is followed and stays a link. A pipe or a device cannot be replaced: what is
/// written to one arrives at once.
public struct AtomicFile: ~Copyable {
    private let path: String  // As the caller gave it, for errors.
    private let target: String  // With symbolic links resolved.
    private let mayReplace: Bool
    private let output: Output
    private var isCommitted = false

    /// Creates the temporary file.
    ///
    /// - Parameters:
    ///   - path: The name that the file shall have; its folder must exist.
    ///   - mayReplace: Whether a file of that name is replaced; if not, it is an error.
    /// - Throws: ``FileError/exists(path:)`` or ``FileError/refused(action:path:code:)``.
    public init(path: String, replacing mayReplace: Bool = true) throws(FileError) {
        let target = resolved(path)
        var status = stat()
        let exists = stat(target, &status) == 0
        let kind = status.st_mode & S_IFMT
        let output: Output
        if exists && (kind == S_IFCHR || kind == S_IFIFO) {
            output = try Output(device: target, namedInErrors: path)
        } else {
            guard !exists || kind == S_IFREG else { throw .notAFile(path: path) }
            guard !exists || mayReplace else { throw .exists(path: path) }
            output = try Output(
                temporaryIn: folder(of: target), mode: exists ? status.st_mode & 0o777 : nil,
                namedInErrors: path)
        }
        self.path = path
        self.target = target
        self.mayReplace = mayReplace
        self.output = output
    }

    /// Appends bytes.
    ///
    /// - Parameter bytes: What to append.
    /// - Throws: ``FileError/refused(action:path:code:)``, for instance when the disk is full.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                output.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw .refused(action: .write, path: path, code: errno)
            }
        }
    }

    /// Appends bytes.
    ///
    /// - Parameter bytes: What to append.
    /// - Throws: ``FileError/refused(action:path:code:)``, for instance when the disk is full.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
            try write(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Brings the bytes to the disk and gives the file its name.
    ///
    /// - Throws: ``FileError/refused(action:path:code:)``, or ``FileError/exists(path:)`` if a file
    ///   that may not be replaced has appeared meanwhile. Nothing is left behind then.
    public consuming func commit() throws(FileError) {
        guard let temporaryPath = output.temporaryPath else { return }
        guard fsync(output.descriptor) == 0 else {
            throw .refused(action: .write, path: path, code: errno)
        }
        if mayReplace {
            guard rename(temporaryPath, target) == 0 else {
                throw .refused(action: .rename, path: path, code: errno)
            }
            isCommitted = true
        } else {
            // A link, unlike a rename, does not replace; the temporary name goes with this value.
            guard link(temporaryPath, target) == 0 else {
                throw errno == EEXIST
                    ? .exists(path: path) : .refused(action: .rename, path: path, code: errno)
            }
        }
        synchronizeFolder(of: target)
    }

    deinit {
        close(output.descriptor)
        if let temporaryPath = output.temporaryPath {
            if !isCommitted {
                unlink(temporaryPath)
            }
            tessera_temporary_forget(output.remembered)
        }
    }
}

/// An open file to write to, and what is to be cleared away with it.
private struct Output {
    var descriptor: Int32
    var temporaryPath: String?  // None when the target is a pipe or a device.
    var remembered: UnsafeMutableRawPointer?

    init(device: String, namedInErrors path: String) throws(FileError) {
        descriptor = open(device, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refused(action: .open, path: path, code: errno) }
    }

    init(temporaryIn folder: String, mode: mode_t?, namedInErrors path: String) throws(FileError) {
        let name = folder + temporaryName()
        temporaryPath = name
        // Remembered before it exists, so that no signal falls between the two.
        remembered = tessera_temporary_remember(name)
        descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let code = errno
            tessera_temporary_forget(remembered)
            throw .refused(action: .create, path: path, code: code)
        }
        if let mode {
            fchmod(descriptor, mode)
        }
    }
}

/// Counts the temporary files of this process, so that no two have the same name.
private let temporaryCount = Atomic<Int>(0)

/// A name of its own for each file, because one made from the target's may be too long.
private func temporaryName() -> String {
    let number = temporaryCount.add(1, ordering: .relaxed).newValue
    return ".tessera-\(processNumber)-\(number).tmp"
}

/// A number of this process's own: process identifiers of two containers with one folder are alike.
private let processNumber = String(UInt64.random(in: 0 ... .max), radix: 36)

/// Follows symbolic links; a path whose file does not exist yet stays as it is.
private func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
}

/// Brings the new name to the disk.
///
/// Some file systems refuse this for folders; the file itself is safe by then, so that is no error.
private func synchronizeFolder(of path: String) {
    let name = folder(of: path)
    let descriptor = open(name.isEmpty ? "." : name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

/// Writes a text to a file that appears when it is whole, and the folders above it.
///
/// - Parameters:
///   - text: The whole content.
///   - path: The path; a file that is there is replaced.
/// - Throws: ``FileError`` if the system refuses.
package func writeTextFile(_ text: String, to path: String) throws(FileError) {
    try makeFolders(path.folder)
    var file = try AtomicFile(path: path)
    try file.write(Array(text.utf8))
    try file.commit()
}
