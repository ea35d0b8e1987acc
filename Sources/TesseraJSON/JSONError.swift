/// Where and why a text is not JSON.
public struct JSONError: Error, Hashable, Sendable {
    /// The line, counted from 1.
    public let line: Int

    /// The column in bytes, counted from 1.
    public let column: Int

    /// What was found there.
    public let fault: Fault

    /// What is wrong with a text.
    public enum Fault: Hashable, Sendable {
        /// The text ends inside a value.
        case endOfText

        /// A byte that cannot stand there.
        case byte(UInt8, expected: Expectation)

        /// A value nested in more lists and objects than a reader accepts.
        case depth(limit: Int)

        /// A name that its object already has.
        case duplicateName(String)

        /// A string whose bytes are not UTF-8.
        case notUnicode

        /// Half of a pair of escaped surrogates without the other.
        case loneSurrogate

        /// A number that is too large for a double.
        case numberTooLarge(String)
    }

    /// What could have stood in place of a byte.
    public enum Expectation: String, Hashable, Sendable {
        /// Any value.
        case value = "a value"

        /// The name of a member or the end of an object.
        case name = "a name in quotes"

        /// What parts a name from its value.
        case colon = "':'"

        /// What parts or ends the values of a list.
        case commaOrBracket = "',' or ']'"

        /// What parts or ends the members of an object.
        case commaOrBrace = "',' or '}'"

        /// A digit of a number.
        case digit = "a digit"

        /// A digit of an escaped character.
        case hexadecimalDigit = "a hexadecimal digit"

        /// What may follow a backslash.
        case escape = "one of \"\\/bfnrtu"

        /// A character that needs no escape.
        case character = "a character that is not a control character"

        /// Nothing more.
        case end = "the end of the text"
    }
}

extension JSONError: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String { "line \(line), column \(column): \(fault)" }
}

extension JSONError.Fault: CustomStringConvertible {
    /// One sentence, without a final period.
    public var description: String {
        switch self {
        case .endOfText: "the JSON text ends inside a value"
        case .byte(let byte, let expected):
            "found \(JSONError.name(of: byte)), but \(expected.rawValue) must stand here"
        case .depth(let limit): "values are nested deeper than the \(limit) levels that are read"
        case .duplicateName(let name): "'\(name)' comes twice in one object; keep one of the two"
        case .notUnicode: "the bytes of this string are not UTF-8"
        case .loneSurrogate: "half a surrogate pair is escaped here without its other half"
        case .numberTooLarge(let text): "the number \(text) is too large for 64 bits"
        }
    }
}

extension JSONError {
    /// A byte as a sentence names it.
    static func name(of byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7f { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16)
        return "the byte 0x" + (digits.count == 1 ? "0" : "") + digits
    }
}
