extension JSONValue {
    /// How deeply values may be nested unless a reader says otherwise; bounds the stack.
    public static let usualDepthLimit = 64

    /// Reads a JSON text.
    ///
    /// - Parameters:
    ///   - text: The whole text; white space around its one value is allowed.
    ///   - depthLimit: How many lists and objects may enclose a value.
    /// - Throws: ``JSONError`` where the text is not JSON, or names a member twice.
    public init(
        parsing text: String, depthLimit: Int = JSONValue.usualDepthLimit
    ) throws(JSONError) {
        self = try JSONValue(parsing: Array(text.utf8), depthLimit: depthLimit)
    }

    /// Reads a JSON text from its bytes, which must be UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: The whole text; white space around its one value is allowed.
    ///   - depthLimit: How many lists and objects may enclose a value.
    /// - Throws: ``JSONError`` where the text is not JSON, or names a member twice.
    public init(
        parsing bytes: [UInt8], depthLimit: Int = JSONValue.usualDepthLimit
    ) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        self = try parser.parseDocument()
    }
}

/// A recursive-descent parser over the bytes of one text.
struct JSONParser {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var position = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipWhiteSpace()
        if position < bytes.count { throw unexpected(.end) }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseLiteral("true", .boolean(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .boolean(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0") ... UInt8(ascii: "9"): return try parseNumber()
        default: throw unexpected(.value)
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
        if depth > depthLimit { throw error(.depth(limit: depthLimit)) }
        position += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipWhiteSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return JSONObject()
        }
        while true {
            skipWhiteSpace()
            let start = position
            guard try peek() == UInt8(ascii: "\"") else { throw unexpected(.name) }
            let name = try parseString()
            guard names.insert(name).inserted else {
                throw error(.duplicateName(name), at: start)
            }
            skipWhiteSpace()
            guard try peek() == UInt8(ascii: ":") else { throw unexpected(.colon) }
            position += 1
            members.append(JSONMember(name: name, value: try parseValue(depth: depth)))
            skipWhiteSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return JSONObject(uniqueMembers: members)
            default: throw unexpected(.commaOrBrace)
            }
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
        if depth > depthLimit { throw error(.depth(limit: depthLimit)) }
        position += 1
        var values: [JSONValue] = []
        skipWhiteSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return values
        }
        while true {
            values.append(try parseValue(depth: depth))
            skipWhiteSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return values
            default: throw unexpected(.commaOrBracket)
            }
        }
    }

    private mutating func parseLiteral(
        _ literal: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for index in 0 ..< literal.utf8CodeUnitCount {
            guard try peek() == literal.utf8Start[index] else { throw unexpected(.value) }
            position += 1
        }
        return value
    }
}

// Numbers, by the grammar: no leading zeros, no sign but minus, digits around the point.
extension JSONParser {
    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isWhole = true
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") { position += 1 } else { try parseDigits() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try parseDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try parseDigits()
        }
        let text = String(decoding: bytes[start ..< position], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let real = Double(text), real.isFinite else {
            throw error(.numberTooLarge(text), at: start)
        }
        return .real(real)
    }

    private mutating func parseDigits() throws(JSONError) {
        guard isDigit(try peek()) else { throw unexpected(.digit) }
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

// Strings: UTF-8 checked, escapes decoded, surrogates paired.
extension JSONParser {
    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        while try isPlain(peek()) { position += 1 }
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[start ..< position - 1], at: start)
        }
        var decoded = Array(bytes[start ..< position])
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                decoded += Array(String(Character(try parseEscape())).utf8)
            } else if byte < 0x20 {
                throw unexpected(.character)
            } else {
                decoded.append(byte)
                position += 1
            }
        }
        position += 1
        return try text(decoded[...], at: start)
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private func text(_ utf8: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw error(.notUnicode, at: start)
        }
        return text
    }

    private mutating func parseEscape() throws(JSONError) -> UnicodeScalar {
        let start = position
        position += 1
        let byte = try peek()
        switch byte {
        case UInt8(ascii: "b"): position += 1; return "\u{8}"
        case UInt8(ascii: "f"): position += 1; return "\u{c}"
        case UInt8(ascii: "n"): position += 1; return "\n"
        case UInt8(ascii: "r"): position += 1; return "\r"
        case UInt8(ascii: "t"): position += 1; return "\t"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            position += 1
            return UnicodeScalar(byte)
        case UInt8(ascii: "u"):
            position += 1
            return try parseUnicodeEscape(from: start)
        default: throw unexpected(.escape)
        }
    }

    private mutating func parseUnicodeEscape(from start: Int) throws(JSONError) -> UnicodeScalar {
        let first = try parseCodeUnit()
        if let scalar = UnicodeScalar(first) { return scalar }
        guard first < 0xdc00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw error(.loneSurrogate, at: start) }
        position += 2
        let second = try parseCodeUnit()
        guard second >= 0xdc00, second < 0xe000,
            let scalar = UnicodeScalar(
                0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw error(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0 ..< 4 {
            let byte = try peek()
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw unexpected(.hexadecimalDigit)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// Reading on, and saying where the text went wrong.
extension JSONParser {
    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.endOfText) }
        return bytes[position]
    }

    private func unexpected(_ expected: JSONError.Expectation) -> JSONError {
        error(.byte(bytes[position], expected: expected))
    }

    private func error(_ fault: JSONError.Fault, at offset: Int? = nil) -> JSONError {
        let before = bytes[..<(offset ?? position)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONError(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: before.endIndex - lineStart + 1, fault: fault)
    }
}
