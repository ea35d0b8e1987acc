import Glibc

/// Reads a whole file.
///
/// A pipe or a device is refused, so that a folder that holds one cannot make a batch wait for ever.
///
/// - Parameters:
///   - path: The name of a regular file.
///   - limit: The most bytes accepted; checked before memory is taken.
/// - Returns: The bytes of the file.
/// - Throws: ``FileError/notAFile(path:)``, ``FileError/tooLong(path:byteCount:limit:)`` or
///   ``FileError/refused(action:path:code:)``.
public func readBytes(path: String, limit: Int) throws(FileError) -> [UInt8] {
    let (descriptor, byteCount) = try openRegularFile(path: path)
    defer { close(descriptor) }
    guard byteCount <= limit else {
        throw .tooLong(path: path, byteCount: byteCount, limit: limit)
    }
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
        while count < byteCount {
            let got = read(descriptor, buffer.baseAddress! + count, byteCount - count)
            if got > 0 {
                count += got
            } else if got == 0 {
                return  // The file became shorter meanwhile.
            } else if errno != EINTR {
                code = errno
                return
            }
        }
    }
    guard code == 0 else { throw .refused(action: .read, path: path, code: code) }
    return bytes
}

/// Opens a regular file for reading.
///
/// - Parameter path: The name of the file. Pipes and devices are refused, not waited for.
/// - Returns: What the caller closes, and the length of the file in bytes.
/// - Throws: ``FileError/notAFile(path:)`` or ``FileError/refused(action:path:code:)``.
package func openRegularFile(
    path: String
) throws(FileError) -> (descriptor: Int32, byteCount: Int) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to never returns.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .refused(action: .open, path: path, code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
        let code = errno
        close(descriptor)
        throw .refused(action: .open, path: path, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        throw .notAFile(path: path)
    }
    return (descriptor, Int(status.st_size))
}
