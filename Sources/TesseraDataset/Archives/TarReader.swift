/// What is wrong with a tar archive; everything before the place is sound.
public enum TarFault: Error, Equatable, Sendable {
    /// The header at an offset does not have the sum that it claims, or is no header at all.
    case checksum(offset: Int)

    /// The size in the header at an offset is not a number.
    case size(offset: Int)

    /// The extended header at an offset is not a list of records.
    case extendedHeader(offset: Int)

    /// The archive ends inside a header or a member.
    case truncated(offset: Int, needed: Int, available: Int)
}

extension TarFault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .checksum(let offset):
            "the header at byte \(offset) does not have the sum that it claims; the archive may "
                + "be damaged, or not be tar"
        case .size(let offset):
            "the size in the header at byte \(offset) is not a number"
        case .extendedHeader(let offset):
            "the extended header at byte \(offset) is not a list of records"
        case .truncated(let offset, let needed, let available):
            "the archive ends inside what begins at byte \(offset): \(needed) bytes are needed, "
                + "but only \(available) follow"
        }
    }
}

/// A regular file inside an archive.
struct TarMember: Equatable {
    let path: String
    let range: Range<Int>
}

/// Walks through the regular files of a tar archive: ustar, pax, and long names of GNU tar.
///
/// Folders, links and devices are passed over. Sizes are compared with the bytes that are there
/// before anything is read. (POSIX.1-2017, pax, "ustar Interchange Format".)
struct TarReader {
    /// The path of the member that the archive breaks off in, if its header is whole.
    private(set) var brokenPath: String?

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var longName: String?
    private var longSize: Int?

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next regular file, or `nil` at the end.
    mutating func next() throws(TarFault) -> TarMember? {
        while offset < bytes.count {
            let start = offset
            let header = try part(at: start, count: 512)
            if header.allSatisfy({ $0 == 0 }) { return nil }
            guard isHeader(header) else { throw .checksum(offset: start) }
            let kind = header[156]
            let size = try size(in: header, at: start)
            let name = longName ?? path(in: header)
            brokenPath = name
            guard size <= bytes.count else {
                throw .truncated(
                    offset: start, needed: size, available: bytes.count - start - 512)
            }
            let hasData = !(UInt8(ascii: "1") ... UInt8(ascii: "6")).contains(kind)
            let dataRange = start + 512 ..< start + 512 + (hasData ? size : 0)
            let data = try part(at: dataRange.lowerBound, count: dataRange.count)
            brokenPath = nil
            offset = min(dataRange.upperBound + (512 - dataRange.count % 512) % 512, bytes.count)
            switch kind {
            case UInt8(ascii: "x"): try readRecords(data, at: start)
            case UInt8(ascii: "L"): longName = text(data)
            case UInt8(ascii: "g"), UInt8(ascii: "K"): break
            default:
                longName = nil
                longSize = nil
                if kind == 0 || kind == UInt8(ascii: "0") || kind == UInt8(ascii: "7") {
                    return TarMember(path: name, range: dataRange)
                }
            }
        }
        return nil
    }

    private func size(
        in header: UnsafeRawBufferPointer, at offset: Int
    ) throws(TarFault) -> Int {
        if let longSize { return longSize }
        return try number(header[124 ..< 136], at: offset)
    }

    private func part(at start: Int, count: Int) throws(TarFault) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - start else {
            throw .truncated(offset: start, needed: count, available: bytes.count - start)
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start ..< start + count])
    }

    /// Compares the sum of a header's bytes, its own field counted as spaces, with its claim.
    private func isHeader(_ header: UnsafeRawBufferPointer) -> Bool {
        var sum = 8 * 0x20
        for (index, byte) in header.enumerated() where !(148 ..< 156).contains(index) {
            sum += Int(byte)
        }
        return octal(header[148 ..< 156]) == sum
    }

    /// A size: octal digits, or, for large ones, a binary number behind a set bit.
    private func number(
        _ field: Slice<UnsafeRawBufferPointer>, at offset: Int
    ) throws(TarFault) -> Int {
        if field.first == 0x80 {
            // Twelve bytes; more than seven of them in use is past any file.
            guard field.dropFirst().prefix(4).allSatisfy({ $0 == 0 }),
                field[field.endIndex - 7] < 0x80
            else { throw .size(offset: offset) }
            return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let value = octal(field) else { throw .size(offset: offset) }
        return value
    }

    private func octal(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private func path(in header: UnsafeRawBufferPointer) -> String {
        let name = text(UnsafeRawBufferPointer(rebasing: header[0 ..< 100]))
        // GNU tar has "ustar  " here and other things where ustar has the prefix.
        let isUstar = header[257 ..< 263].elementsEqual("ustar\0".utf8)
        let prefix = isUstar ? text(UnsafeRawBufferPointer(rebasing: header[345 ..< 500])) : ""
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    private func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Reads the records of a pax header, "LENGTH key=value\n", LENGTH in decimal and of the whole.
    private mutating func readRecords(
        _ data: UnsafeRawBufferPointer, at offset: Int
    ) throws(TarFault) {
        var rest = data[...]
        while let first = rest.first, first != 0 {
            let digits = rest.prefix { $0 != 0x20 }
            guard let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
            else { throw .extendedHeader(offset: offset) }
            let record = rest.prefix(length - 1).dropFirst(digits.count + 1)
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw .extendedHeader(offset: offset)
            }
            let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path": longName = value
            case "size":
                guard let size = Int(value), size >= 0 else { throw .size(offset: offset) }
                longSize = size
            default: break
            }
        }
    }
}
