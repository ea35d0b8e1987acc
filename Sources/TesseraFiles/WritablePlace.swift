import Glibc

/// Whether a path, links followed, is a device such as `/dev/null`.
package func isDevice(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
}

/// Whether a path, links followed, is a pipe.
package func isPipe(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
}

/// Checks that a file could be written under a name, before the work whose result it is.
///
/// A temporary file is made and removed where the file would be, or in the nearest folder above it that
/// exists: permissions alone do not say what a file system allows. Nothing is left behind.
///
/// - Parameter path: The name of a file; neither it nor its folder need exist. Devices and pipes are taken
///   to be writable.
/// - Throws: ``FileError/refused(action:path:code:)``; its code is `ENOTDIR` if what would have to be a
///   folder is none.
package func checkWritable(_ path: String) throws(FileError) {
    guard !isDevice(path), !isPipe(path) else { return }
    if isRegularFile(path) {
        _ = try AtomicFile(path: path)
        return
    }
    try checkFolder(path.folder)
}

/// Checks that files could be written into a folder, before the work whose results they are.
///
/// - Parameter folder: The path of a folder, which need not exist; empty for the working directory.
/// - Throws: As ``checkWritable(_:)``.
package func checkFolder(_ folder: String) throws(FileError) {
    var existing = folder.isEmpty ? "." : folder
    var status = stat()
    while stat(existing, &status) != 0 {
        guard errno == ENOENT, existing != "." else {
            throw .refused(action: .createFolder, path: folder, code: errno)
        }
        existing = existing.withoutLastComponent
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .refused(action: .createFolder, path: folder, code: ENOTDIR)
    }
    do { _ = try AtomicFile(path: existing + "/result") } catch {
        guard case .refused(_, _, let code) = error else { throw error }
        throw .refused(action: .write, path: folder.isEmpty ? "." : folder, code: code)
    }
}

extension String {
    /// The folder above a path, however many slashes it ends in; a dot above a relative name.
    fileprivate var withoutLastComponent: String {
        var rest = self[...]
        while rest.count > 1, rest.hasSuffix("/") { rest = rest.dropLast() }
        let above = String(rest).folder
        return above.isEmpty ? "." : above
    }
}
