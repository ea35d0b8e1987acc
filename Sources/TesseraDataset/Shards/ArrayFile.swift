/// A grid as a NumPy array file, version 1.0: `|u1` or `<u2` of shape `(h, w, K)`.
///
/// (R. Kern, "A Simple File Format for NumPy Arrays", NumPy Enhancement Proposal 1, 2007.)
enum ArrayFile {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]

    /// The bytes of a file.
    static func bytes(of grid: StoredGrid, origin: TokenOrigin) -> [UInt8] {
        var header = Array(text(grid.height, grid.width, origin).utf8)
        header += [UInt8](repeating: 0x20, count: 63 - (magic.count + 2 + header.count) % 64)
        header.append(UInt8(ascii: "\n"))
        return magic + [UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header + grid.bytes
    }

    /// The codes of a file that must be as ``bytes(of:origin:)`` writes it, or `nil` if it is not.
    static func codes(
        in file: UnsafeRawBufferPointer, height: Int, width: Int, origin: TokenOrigin
    ) -> [Int32]? {
        guard file.count >= magic.count + 2, file.prefix(magic.count).elementsEqual(magic) else {
            return nil
        }
        let start = magic.count + 2
        let length = Int(file[start - 2]) | Int(file[start - 1]) << 8
        let byteCount = height * width * origin.vocabulary.count * origin.bytesPerCode
        guard file.count == start + length + byteCount,
            file[start ..< start + length].starts(with: text(height, width, origin).utf8)
        else { return nil }
        return TesseraDataset.codes(
            in: UnsafeRawBufferPointer(rebasing: file[(start + length)...]),
            bytesPerCode: origin.bytesPerCode)
    }

    private static func text(_ height: Int, _ width: Int, _ origin: TokenOrigin) -> String {
        let type = origin.bytesPerCode == 1 ? "|u1" : "<u2"
        let shape = "(\(height), \(width), \(origin.vocabulary.count))"
        return "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    }
}
