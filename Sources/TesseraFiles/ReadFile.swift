import Glibc

/// A file that is open for reading at any place, by calls that fail where a mapping stops the program.
///
/// Others may cut it, and its disk may break, while it is open: that is an error of the bytes that are
/// asked for. A file that is replaced by renaming another one over it stays as it was.
package final class ReadFile: Sendable {
    /// The name of the file, for errors.
    package let path: String

    /// The length of the file in bytes when it was opened.
    package let byteCount: Int

    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Parameter path: The name of a regular file. Pipes and devices are refused, not waited for.
    /// - Throws: ``FileError``.
    package init(path: String) throws(FileError) {
        self.path = path
        (descriptor, byteCount) = try openRegularFile(path: path)
    }

    /// Takes a file that is open.
    ///
    /// - Parameters:
    ///   - descriptor: Is closed with this object.
    ///   - path: What errors call the file.
    /// - Throws: ``FileError/refused(action:path:code:)``.
    package init(taking descriptor: Int32, path: String) throws(FileError) {
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .refused(action: .read, path: path, code: code)
        }
        byteCount = Int(status.st_size)
    }

    /// Reads bytes.
    ///
    /// - Parameter range: A range of places within ``byteCount``.
    /// - Returns: All of them.
    /// - Throws: ``FileError/shortened(path:byteCount:expected:)`` if the file has become shorter, or
    ///   ``FileError/refused(action:path:code:)``.
    package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= byteCount,
            "A file of \(byteCount) bytes has none at \(range)")
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let got = pread(
                    descriptor, buffer.baseAddress! + count, range.count - count,
                    range.lowerBound + count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    code = errno
                    return
                }
            }
        }
        guard code == 0 else { throw .refused(action: .read, path: path, code: code) }
        guard bytes.count == range.count else {
            throw .shortened(
                path: path, byteCount: range.lowerBound + bytes.count, expected: byteCount)
        }
        return bytes
    }

    /// Hashes the whole file.
    ///
    /// - Returns: The SHA-256 as 64 hexadecimal digits.
    /// - Throws: What ``bytes(_:)`` throws.
    package func hexDigest() throws(FileError) -> String {
        var hash = SHA256()
        for start in stride(from: 0, to: byteCount, by: 1 << 20) {
            let part = try bytes(start ..< min(start + (1 << 20), byteCount))
            part.withUnsafeBytes { hash.update($0) }
        }
        return hash.hexDigest()
    }

    deinit { close(descriptor) }
}
