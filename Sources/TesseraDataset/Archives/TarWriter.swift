/// The bytes of a tar archive, which depend on nothing but names and contents.
///
/// Headers are ustar with mode 0444 and neither time nor owner; a name that does not fit one, or is
/// not ASCII, comes from a pax header. (POSIX.1-2017, pax.)
enum TarWriter {
    /// The two empty blocks that end an archive.
    static let end = [UInt8](repeating: 0, count: 1024)

    /// The blocks of a member.
    static func member(_ name: String, _ content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        if name.utf8.count > 100 || !name.utf8.allSatisfy({ $0 < 0x80 }) {
            let record = Array(paxRecord(key: "path", value: name).utf8)
            bytes += header("PaxHeader", size: record.count, kind: "x") + padded(record)
        }
        return bytes + header(name, size: content.count, kind: "0") + padded(content)
    }

    private static func padded(_ content: [UInt8]) -> [UInt8] {
        content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// A record of a pax header, whose length counts its own digits.
    private static func paxRecord(key: String, value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count + 1
        while String(length).utf8.count + rest.utf8.count != length { length += 1 }
        return "\(length)\(rest)"
    }

    private static func header(_ name: String, size: Int, kind: Character) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int, upTo count: Int) {
            let bytes = text.utf8.prefix(count)
            block.replaceSubrange(offset ..< offset + bytes.count, with: bytes)
        }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(digits - text.count, 0)) + text
        }
        put(name, at: 0, upTo: 100)
        put("0000444", at: 100, upTo: 7)
        put("0000000", at: 108, upTo: 7)
        put("0000000", at: 116, upTo: 7)
        put(octal(size, digits: 11), at: 124, upTo: 11)
        put("00000000000", at: 136, upTo: 11)
        put("        ", at: 148, upTo: 8)
        put(String(kind), at: 156, upTo: 1)
        put("ustar\0" + "00", at: 257, upTo: 8)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + "\0 ", at: 148, upTo: 8)
        return block
    }
}
