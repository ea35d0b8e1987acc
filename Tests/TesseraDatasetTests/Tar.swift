/// Makes tar archives, member by member, for tests of their reader.
struct Tar {
    var bytes: [UInt8] = []

    /// Appends a member.
    mutating func add(
        _ path: String, _ content: [UInt8] = [], kind: Character = "0", size: String? = nil,
        binarySize: Int? = nil, prefix: String = "", magic: String = "ustar\u{0}00",
        link: String = "", hasSignedSum: Bool = false
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset ..< offset + text.utf8.count, with: text.utf8)
        }
        put(path, at: 0)
        put(size ?? octal(content.count, digits: 11), at: 124)
        if let binarySize {
            header[124] = 0x80
            for place in 1 ..< 12 {
                let shift = min(8 * (11 - place), 63)
                header[124 + place] = UInt8(truncatingIfNeeded: binarySize >> shift)
            }
        }
        header[156] = kind.asciiValue ?? 0
        put(link, at: 157)
        put(magic, at: 257)
        put(prefix, at: 345)
        header.replaceSubrange(148 ..< 156, with: Array(repeating: 0x20, count: 8))
        let sum = header.reduce(0) { $0 + (hasSignedSum ? Int(Int8(bitPattern: $1)) : Int($1)) }
        put(octal(sum, digits: 6), at: 148)
        bytes += header + content
        bytes += Array(repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// Appends the records of a pax header for the next member.
    mutating func addRecords(_ records: [String: String]) {
        let lines = records.sorted { $0.key < $1.key }.map { key, value in
            let rest = " \(key)=\(value)\n".utf8.count
            var length = rest + 1
            while String(length).utf8.count + rest != length { length += 1 }
            return "\(length) \(key)=\(value)\n"
        }
        add("PaxHeader", Array(lines.joined().utf8), kind: "x")
    }

    /// Appends the two empty blocks of the end.
    mutating func finish() { bytes += Array(repeating: 0, count: 1024) }

    /// Makes the sums of all blocks that look like headers right again.
    static func renewSums(of bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 512) where bytes[start + 257] == 0x75 {
            bytes.replaceSubrange(
                start + 148 ..< start + 156, with: Array(repeating: 0x20, count: 8))
            let sum = bytes[start ..< start + 512].reduce(0) { $0 + Int($1) }
            let text = String(sum, radix: 8)
            let digits = String(repeating: "0", count: 6 - text.count) + text + "\u{0}"
            bytes.replaceSubrange(start + 148 ..< start + 155, with: Array(digits.utf8))
        }
    }

    private func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
