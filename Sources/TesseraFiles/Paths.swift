import Glibc

extension String {
    /// What follows the last slash.
    package var lastComponent: String {
        guard let slash = lastIndex(of: "/") else { return self }
        return String(self[index(after: slash)...])
    }

    /// What stands before the last slash; empty if there is none.
    package var folder: String {
        guard let slash = lastIndex(of: "/") else { return "" }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The extension of a file's name without the dot; empty if there is none.
    package var fileExtension: String {
        let name = lastComponent
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[name.index(after: dot)...])
    }

    /// The path without the extension of the file's name.
    package var withoutExtension: String {
        let count = fileExtension.count
        return String(dropLast(count == 0 ? 0 : count + 1))
    }

    /// A file's name without folders and without its extension.
    package var fileStem: String { lastComponent.withoutExtension }

    /// The same path with another extension in place of its own.
    package func replacingExtension(by other: String) -> String { withoutExtension + "." + other }
}

/// Whether a path, links followed, is a folder.
package func isFolder(_ path: String) -> Bool {
    kind(of: path) == S_IFDIR
}

/// Whether a path, links followed, is a file with bytes of its own.
package func isRegularFile(_ path: String) -> Bool {
    kind(of: path) == S_IFREG
}

private func kind(of path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
}

/// Whether a path, which need not exist yet, is a folder or lies below it, links followed.
package func isPath(_ path: String, inFolder folder: String) -> Bool {
    guard let whole = realpath(folder, nil) else { return false }
    defer { free(whole) }
    var existing = path.isEmpty ? "." : path
    var found = realpath(existing, nil)
    while found == nil, !existing.isEmpty, existing != "." {
        existing = existing.folder.isEmpty ? "." : existing.folder
        found = realpath(existing, nil)
    }
    guard let found else { return false }
    defer { free(found) }
    let (inner, outer) = (String(cString: found), String(cString: whole))
    // A part that does not exist yet may be inside, if what exists is the folder itself or inside.
    return inner == outer || inner.hasPrefix(outer == "/" ? outer : outer + "/")
}

/// Makes a folder and those above it, unless they exist.
///
/// - Parameter path: The path of the folder; an empty one is there already.
/// - Throws: ``FileError/refused(action:path:code:)`` with the folder that the system refused.
package func makeFolders(_ path: String) throws(FileError) {
    guard !path.isEmpty, !isFolder(path) else { return }
    try makeFolders(path.folder)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw .refused(action: .createFolder, path: path, code: errno)
    }
}

/// The names in a folder, in no order.
///
/// - Parameter folder: The path of the folder.
/// - Returns: All names but those of the folder itself and the one above.
/// - Throws: ``FileError/refused(action:path:code:)`` if it cannot be opened.
package func entryNames(in folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else {
        throw .refused(action: .open, path: folder, code: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
