import Glibc
import TesseraFiles
import TesseraImage
import TesseraJobs

/// Reads standard input to its end.
///
/// - Parameter limit: The most bytes accepted.
/// - Returns: The bytes.
/// - Throws: ``FileError`` when there is more, or the system refuses.
func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(0, &buffer, buffer.count)
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw .refused(action: .read, path: "-", code: errno)
        }
        bytes += buffer[..<count]
        guard bytes.count <= limit else {
            throw .tooLong(path: "-", byteCount: bytes.count, limit: limit)
        }
    }
}

extension InputList {
    /// Searches what a command line names, in which a hyphen is standard input.
    ///
    /// - Parameter arguments: Files, folders and archives.
    init(arguments: [String]) {
        self.init(
            arguments,
            standardInput: InputFile(name: "stdin", path: "-") {
                try readStandardInput(limit: DecodingLimits().maximumByteCount)
            })
    }
}
