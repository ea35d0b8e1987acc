extension JSONValue {
    /// The value as JSON on one line, as lines of a log or a manifest need it.
    public var compactText: String {
        var printer = JSONPrinter(isIndented: false)
        printer.print(self)
        return printer.text
    }

    /// The value as JSON for people: one member a line, short lists on one line, a final newline.
    public var indentedText: String {
        var printer = JSONPrinter(isIndented: true)
        printer.print(self)
        return printer.text + "\n"
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as JSON on one line.
    public var description: String { compactText }
}

/// Prints values; the same value always gives the same bytes.
///
/// Text is UTF-8; only quotes, backslashes and control characters are escaped. Doubles are printed
/// with the fewest digits that read back as the same double, and those that JSON cannot write
/// (infinities and not-a-number, such as the PSNR of equal pictures) become `null`.
private struct JSONPrinter {
    let isIndented: Bool
    var text = ""
    var depth = 0

    mutating func print(_ value: JSONValue) {
        switch value {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .real(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): printQuoted(value)
        case .array(let values): print(values)
        case .object(let object): print(object)
        }
    }

    private mutating func print(_ values: [JSONValue]) {
        let isFlat = values.allSatisfy { !$0.isContainer }
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += isIndented && isFlat ? ", " : "," }
            depth += 1
            if !isFlat { printLineBreak() }
            print(value)
            depth -= 1
        }
        if !isFlat { printLineBreak() }
        text += "]"
    }

    private mutating func print(_ object: JSONObject) {
        text += "{"
        for (index, member) in object.members.enumerated() {
            if index > 0 { text += "," }
            depth += 1
            printLineBreak()
            printQuoted(member.name)
            text += isIndented ? ": " : ":"
            print(member.value)
            depth -= 1
        }
        if !object.members.isEmpty { printLineBreak() }
        text += "}"
    }

    private mutating func printLineBreak() {
        if isIndented { text += "\n" + String(repeating: "  ", count: depth) }
    }

    private mutating func printQuoted(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}" ..< " ", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
