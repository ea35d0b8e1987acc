import TesseraFiles
public import TesseraTensor

/// A tensor in numpy's own format, `.npy`: what other programs exchange arrays in.
///
/// Read are numbers of 32 and 64 bits and bytes, little-endian, in reading order; written are numbers of
/// 32 bits. The format is described in numpy's documentation of `numpy.lib.format`.
public enum NumPyFile {
    /// The most bytes that are read.
    public static let maximumByteCount = 1 << 30

    /// Reads a tensor.
    ///
    /// - Parameter path: The name of a file.
    /// - Returns: The numbers; those of 64 bits are rounded.
    /// - Throws: ``NumPyError``.
    public static func read(_ path: String) throws(NumPyError) -> Tensor<Float> {
        let bytes: [UInt8]
        do {
            bytes = try readBytes(path: path, limit: maximumByteCount)
        } catch { throw .file(error) }
        guard bytes.starts(with: magic), bytes.count >= 12 else { throw .notNumPy(path: path) }
        let isLong = bytes[6] >= 2
        let lengthBytes = bytes[8 ..< (isLong ? 12 : 10)]
        let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = lengthBytes.endIndex
        // Version 1 has no longer ones, and what numbers need has a hundred bytes.
        guard length < 1 << 16, length <= bytes.count - start else { throw .notNumPy(path: path) }
        let header = String(decoding: bytes[start ..< start + length], as: UTF8.self)
        guard let kind = word(after: "'descr':", in: header), let shape = shape(in: header) else {
            throw .notNumPy(path: path)
        }
        guard header.contains("'fortran_order': False") else {
            throw .unsupported(path: path, found: "columns side by side (Fortran order)")
        }
        let size = ["<f4": 4, "<f8": 8, "|u1": 1][kind]
        guard let size else { throw .unsupported(path: path, found: "elements of type '\(kind)'") }
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= maximumByteCount else { throw .notNumPy(path: path) }
            count = product
        }
        guard bytes.count - start - length == count * size else {
            throw .length(
                path: path, expected: count * size, found: bytes.count - start - length)
        }
        return bytes.withUnsafeBytes { bytes in
            Tensor(shape: shape) { values in
                for i in 0 ..< count {
                    let offset = start + length + i * size
                    let value: Float =
                        switch size {
                        case 4: bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
                        case 8: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
                        default: Float(bytes[offset])
                        }
                    values.initializeElement(at: i, to: value)
                }
            }
        }
    }

    /// Writes a tensor; the file appears only when it is complete.
    ///
    /// - Parameters:
    ///   - tensor: The numbers.
    ///   - path: The name that the file shall have.
    ///   - mayReplace: Whether a file of that name is replaced; if not, it is an error.
    /// - Throws: ``NumPyError/file(_:)``.
    public static func write(
        _ tensor: Tensor<Float>, to path: String, replacing mayReplace: Bool
    ) throws(NumPyError) {
        let sizes = tensor.shape.map { "\($0)" }.joined(separator: ", ")
        let comma = tensor.shape.count == 1 ? "," : ""
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)\(comma)), }"
        // Data begins at a multiple of 64 bytes, after a line feed.
        let used = magic.count + 4 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
        let length = header.utf8.count
        let data = tensor.withUnsafeBuffer { Array(UnsafeRawBufferPointer($0)) }
        do {
            var file = try AtomicFile(path: path, replacing: mayReplace)
            try file.write(magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + header.utf8)
            try file.write(data)
            try file.commit()
        } catch { throw .file(error) }
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// The text between the next two quotation marks.
    private static func word(after key: String, in header: String) -> String? {
        rest(after: key, in: header)?.split(separator: "'", maxSplits: 2).dropFirst().first
            .map(String.init)
    }

    private static func shape(in header: String) -> [Int]? {
        guard
            let rest = rest(after: "'shape':", in: header),
            let open = rest.firstIndex(of: "("), let close = rest.firstIndex(of: ")"), open < close
        else { return nil }
        let words = rest[rest.index(after: open) ..< close].split { $0 == "," || $0 == " " }
        let sizes = words.compactMap { Int($0) }.filter { $0 >= 0 }
        return sizes.count == words.count ? sizes : nil
    }

    private static func rest(after key: String, in header: String) -> Substring? {
        var rest = header[...]
        while !rest.isEmpty {
            if rest.hasPrefix(key) { return rest.dropFirst(key.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
