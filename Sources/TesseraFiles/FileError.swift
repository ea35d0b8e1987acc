import Glibc

/// Why a file could not be read or written.
public enum FileError: Error, Equatable {
    /// The system refused a call; `code` is its `errno`.
    case refused(action: Action, path: String, code: Int32)

    /// The path names a folder, a pipe or a device where a file was expected.
    case notAFile(path: String)

    /// The file is longer than the reader accepts.
    case tooLong(path: String, byteCount: Int, limit: Int)

    /// The file has become shorter since it was opened.
    case shortened(path: String, byteCount: Int, expected: Int)

    /// The file exists, and replacing it was not asked for.
    case exists(path: String)

    /// What was tried.
    public enum Action: String, Sendable {
        /// Opening an existing file.
        case open

        /// Reading from an open file.
        case read

        /// Creating a file.
        case create

        /// Creating a folder.
        case createFolder = "create the folder"

        /// Writing to an open file, or bringing what was written to the disk.
        case write

        /// Keeping others from a file that is in use.
        case lock

        /// Removing a file that is no longer valid.
        case remove

        /// Giving a finished file its name.
        case rename
    }

    /// The file that the error is about.
    public var path: String {
        switch self {
        case .refused(_, let path, _), .notAFile(let path), .tooLong(let path, _, _),
            .shortened(let path, _, _), .exists(let path):
            path
        }
    }

    /// Whether the disk is full, out of quota, read-only or broken, so that further files fail too.
    ///
    /// A folder that cannot be made says nothing of files in other folders.
    public var isStorageFault: Bool {
        guard case .refused(let action, _, let code) = self, action != .createFolder else {
            return false
        }
        return [ENOSPC, EDQUOT, EFBIG, EIO, EROFS].contains(code)
    }
}

extension FileError: CustomStringConvertible {
    /// One sentence, without a final period, that names the file, the fact and the remedy.
    public var description: String {
        switch self {
        case .refused(let action, let path, let code):
            "cannot \(action.rawValue) '\(path)': \(String(cString: strerror(code)))"
        case .notAFile(let path):
            "'\(path)' is not a regular file; name a file, or pass '-' to read from a pipe"
        case .tooLong(let path, let byteCount, let limit):
            "'\(path)' has \(byteCount) bytes, but at most \(limit) are read"
        case .shortened(let path, let byteCount, let expected):
            "'\(path)' was cut to \(byteCount) of \(expected) bytes while it was read"
        case .exists(let path):
            "'\(path)' exists; remove it, choose another name, or ask for it to be replaced"
        }
    }
}
