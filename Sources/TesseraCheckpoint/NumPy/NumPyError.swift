public import TesseraFiles

/// Why a `.npy` file could not be read or written.
public enum NumPyError: Error, Equatable {
    /// The file could not be read or written.
    case file(FileError)

    /// The file does not begin as the format does.
    case notNumPy(path: String)

    /// The file holds what is not read here.
    case unsupported(path: String, found: String)

    /// The file has more or fewer bytes of data than its header says.
    case length(path: String, expected: Int, found: Int)
}

extension NumPyError: CustomStringConvertible {
    /// One sentence, without a final period, that names the file, the fact and the remedy.
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .notNumPy(let path): "'\(path)' is not a numpy file; save it with numpy.save"
        case .unsupported(let path, let found):
            "'\(path)' has \(found), but numbers of 32 or 64 bits or bytes in reading order are "
                + "read; save numpy.ascontiguousarray(a, 'float32')"
        case .length(let path, let expected, let found):
            "'\(path)' has \(found) bytes of data, but its header says \(expected); save it again"
        }
    }
}
