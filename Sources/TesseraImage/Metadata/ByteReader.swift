/// Numbers at offsets of untrusted bytes; none where the bytes end too early.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    func uint8(at offset: Int) -> Int? {
        guard offset >= 0, offset < bytes.count else { return nil }
        return Int(bytes[bytes.startIndex + offset])
    }

    func uint16(at offset: Int, littleEndian: Bool = false) -> Int? {
        guard let first = uint8(at: offset), let second = uint8(at: offset + 1) else { return nil }
        return littleEndian ? second << 8 | first : first << 8 | second
    }

    func uint32(at offset: Int, littleEndian: Bool = false) -> Int? {
        guard let first = uint16(at: offset, littleEndian: littleEndian),
            let second = uint16(at: offset + 2, littleEndian: littleEndian)
        else { return nil }
        return littleEndian ? second << 16 | first : first << 16 | second
    }
}
