import CTesseraFiles
import Glibc

/// Locks on ranges of bytes of a file, which need not have as many bytes.
///
/// The system lets go when the value ends or the process does, however it ends. Two values exclude
/// each other within a process as well as between processes and, on network file systems that know
/// POSIX locks, between machines.
public final class RangeLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens a file for its locks.
    ///
    /// - Parameter path: A regular file that may be written.
    /// - Throws: ``FileError/refused(action:path:code:)``.
    public init(path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .refused(action: .open, path: path, code: errno) }
    }

    /// Locks a range if nobody else has locked a part of it.
    ///
    /// - Parameter range: Places of bytes.
    /// - Returns: Whether it is locked now.
    /// - Throws: ``FileError/refused(action:path:code:)`` where the file system knows no locks.
    public func tryLock(_ range: Range<Int>) throws(FileError) -> Bool {
        let code = tessera_lock(descriptor, Int64(range.lowerBound), Int64(range.count), 0)
        guard code != EAGAIN && code != EACCES else { return false }
        guard code == 0 else { throw .refused(action: .lock, path: path, code: code) }
        return true
    }

    /// Locks a range as soon as nobody else has locked a part of it.
    ///
    /// - Parameter range: Places of bytes.
    /// - Throws: ``FileError/refused(action:path:code:)`` where the file system knows no locks.
    public func lock(_ range: Range<Int>) throws(FileError) {
        let code = tessera_lock(descriptor, Int64(range.lowerBound), Int64(range.count), 1)
        guard code == 0 else { throw .refused(action: .lock, path: path, code: code) }
    }

    /// Lets go of a range.
    ///
    /// - Parameter range: Places of bytes.
    public func unlock(_ range: Range<Int>) {
        _ = tessera_unlock(descriptor, Int64(range.lowerBound), Int64(range.count))
    }

    /// Whether somebody else has locked a part of a range.
    ///
    /// - Parameter range: Places of bytes.
    /// - Returns: Whether it is so now.
    public func isLockedElsewhere(_ range: Range<Int>) -> Bool {
        tessera_is_locked(descriptor, Int64(range.lowerBound), Int64(range.count)) != 0
    }

    deinit {
        // A child between fork and exec has the descriptor too, and would hold the locks a moment longer.
        _ = tessera_unlock(descriptor, 0, 0)
        close(descriptor)
    }
}
