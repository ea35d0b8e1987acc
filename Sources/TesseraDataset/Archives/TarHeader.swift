/// A block of 512 bytes before the data of a member. (POSIX.1-2017, pax, "ustar Interchange Format".)
struct TarHeader {
    private let block: [UInt8]

    init(_ block: [UInt8]) {
        self.block = block
    }

    /// Whether it is a block of the end of an archive.
    var isZero: Bool { block.allSatisfy { $0 == 0 } }

    /// Whether the sum of the bytes, its own field counted as spaces, is as claimed.
    ///
    /// Some old programs took bytes for numbers from -128 to 127.
    var isSound: Bool {
        var sum = 8 * 0x20
        var signedSum = sum
        for (index, byte) in block.enumerated() where !(148 ..< 156).contains(index) {
            sum += Int(byte)
            signedSum += Int(Int8(bitPattern: byte))
        }
        let claim = octal(block[148 ..< 156])
        return claim == sum || claim == signedSum
    }

    var kind: Character { Character(UnicodeScalar(block[156])) }

    /// Whether blocks of data follow.
    var hasData: Bool { !("1" ... "6").contains(kind) }

    /// Whether, in a header of GNU tar for a sparse file, a block with more of its map follows.
    var isContinued: Bool { block[482] != 0 }

    /// The bytes of data; `nil` if the field is no number.
    var size: Int? {
        let field = block[124 ..< 136]
        guard field.first == 0x80 else { return octal(field) }
        // A binary number of eleven bytes; more than seven of them in use is past any file.
        guard field.dropFirst().prefix(4).allSatisfy({ $0 == 0 }), field[129] < 0x80 else {
            return nil
        }
        return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }

    var path: String {
        let name = text(block[..<100])
        // GNU tar has "ustar  " here and other things where ustar has the prefix.
        let isUstar = block[257 ..< 263].elementsEqual("ustar\0".utf8)
        let prefix = isUstar ? text(block[345 ..< 500]) : ""
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    /// What a link leads to.
    var linkPath: String { text(block[157 ..< 257]) }

    private func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

/// What extended headers say of the member that follows them.
struct TarExtension {
    private(set) var path: String?
    private(set) var linkPath: String?
    private(set) var size: Int?

    /// Whether holes of the member are left out.
    private(set) var isSparse = false

    private var sparsePath: String?

    /// The path, which for a sparse member is not that of its own header.
    var memberPath: String? { sparsePath ?? path }

    /// Takes a long name of GNU tar.
    mutating func add(name bytes: [UInt8], ofLink: Bool) {
        if ofLink { linkPath = text(bytes[...]) } else { path = text(bytes[...]) }
    }

    /// Takes the records of a pax header, "LENGTH key=value\n", LENGTH in decimal and of the whole.
    mutating func add(records data: [UInt8], at offset: Int) throws(TarFault) {
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
            try add(
                key: String(decoding: record[..<equals], as: UTF8.self),
                value: String(decoding: record[(equals + 1)...], as: UTF8.self), at: offset)
        }
    }

    private mutating func add(
        key: String, value: String, at offset: Int
    ) throws(TarFault) {
        switch key {
        case "path": path = value
        case "linkpath": linkPath = value
        case "size":
            guard let size = Int(value), size >= 0 else { throw .size(offset: offset) }
            self.size = size
        case "GNU.sparse.name": (sparsePath, isSparse) = (value, true)
        default: if key.hasPrefix("GNU.sparse.") { isSparse = true }
        }
    }
}

private func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
