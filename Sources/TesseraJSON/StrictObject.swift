/// A JSON object that is read key by key and must have been read whole in the end.
///
/// Every fault names the key by its path from the root, such as `tokenizer.widths`.
public struct StrictObject {
    private let object: JSONObject
    private let path: String
    private var readKeys: Set<String> = []

    /// The members that nobody has asked for yet, in order.
    public var rest: JSONObject {
        var rest = JSONObject()
        for member in object.members where !readKeys.contains(member.name) {
            rest[member.name] = member.value
        }
        return rest
    }

    /// Begins to read an object.
    ///
    /// - Parameters:
    ///   - object: The members.
    ///   - path: The path of the object with a final point; empty for the root.
    public init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// The path of a key from the root.
    ///
    /// - Parameter key: The key.
    /// - Returns: The path, such as `tokenizer.widths`.
    public func path(of key: String) -> String { path + key }

    /// Whether a key that may be absent is there and not `null`.
    ///
    /// - Parameter key: The key.
    /// - Returns: Whether it has a value.
    public mutating func has(_ key: String) -> Bool {
        readKeys.insert(key)
        return object[key] != nil && object[key] != .null
    }

    /// Ends the reading: a key that nobody asked for is unknown.
    ///
    /// - Throws: ``ObjectFault/unknownKey(_:)``.
    public func finish() throws(ObjectFault) {
        for member in object.members where !readKeys.contains(member.name) {
            throw .unknownKey(path(of: member.name))
        }
    }

    /// The value of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its value.
    /// - Throws: ``ObjectFault/missingKey(_:)``.
    public mutating func value(_ key: String) throws(ObjectFault) -> JSONValue {
        readKeys.insert(key)
        guard let value = object[key] else { throw .missingKey(path(of: key)) }
        return value
    }

    /// The text of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its text.
    /// - Throws: ``ObjectFault`` if there is none.
    public mutating func string(_ key: String) throws(ObjectFault) -> String {
        let value = try value(key)
        guard case .string(let text) = value else { throw kind(key, value, "a text") }
        return text
    }

    /// The list of texts of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its texts.
    /// - Throws: ``ObjectFault`` if there is no such list.
    public mutating func strings(_ key: String) throws(ObjectFault) -> [String] {
        try list(key, of: "texts") { if case .string(let text) = $0 { text } else { nil } }
    }

    /// The whole number of a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - range: The numbers that it may be.
    /// - Returns: Its number.
    /// - Throws: ``ObjectFault`` if there is none, or it is outside of the range.
    public mutating func count(_ key: String, in range: ClosedRange<Int>) throws(ObjectFault) -> Int
    {
        let value = try value(key)
        guard case .integer(let count) = value else { throw kind(key, value, "a whole number") }
        guard range.contains(count) else {
            throw .range(key: path(of: key), found: count, expected: range)
        }
        return count
    }

    /// The list of whole numbers of a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - range: The numbers that each may be.
    /// - Returns: Its numbers.
    /// - Throws: ``ObjectFault`` if there is no such list, or a number is outside of the range.
    public mutating func counts(_ key: String, in range: ClosedRange<Int>) throws(ObjectFault)
        -> [Int]
    {
        let counts = try list(key, of: "whole numbers") {
            if case .integer(let count) = $0 { count } else { nil }
        }
        for count in counts where !range.contains(count) {
            throw .range(key: path(of: key), found: count, expected: range)
        }
        return counts
    }

    /// The word of a key, one of a list.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - words: The words that it may be.
    /// - Returns: Its word.
    /// - Throws: ``ObjectFault`` if there is none, or another.
    public mutating func word(_ key: String, of words: [String]) throws(ObjectFault) -> String {
        let found = try string(key)
        guard words.contains(found) else {
            throw .word(key: path(of: key), found: found, expected: words)
        }
        return found
    }

    /// The number of a key, whole or not.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its number.
    /// - Throws: ``ObjectFault`` if there is none.
    public mutating func number(_ key: String) throws(ObjectFault) -> Double {
        let value = try value(key)
        switch value {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        default: throw kind(key, value, "a number")
        }
    }

    /// The truth value of a key.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its value.
    /// - Throws: ``ObjectFault`` if there is none.
    public mutating func flag(_ key: String) throws(ObjectFault) -> Bool {
        let value = try value(key)
        guard case .boolean(let flag) = value else { throw kind(key, value, "true or false") }
        return flag
    }

    /// The object of a key, to be read in turn.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its members.
    /// - Throws: ``ObjectFault`` if there is no object.
    public mutating func object(_ key: String) throws(ObjectFault) -> StrictObject {
        StrictObject(try members(key), path: path(of: key) + ".")
    }

    /// The members of the object of a key, whose names are free.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its members.
    /// - Throws: ``ObjectFault`` if there is no object.
    public mutating func members(_ key: String) throws(ObjectFault) -> JSONObject {
        let value = try value(key)
        guard case .object(let members) = value else { throw kind(key, value, "an object") }
        return members
    }

    /// The list of a key, of values of any kind.
    ///
    /// - Parameter key: The key.
    /// - Returns: Its values.
    /// - Throws: ``ObjectFault`` if there is no list.
    public mutating func list(_ key: String) throws(ObjectFault) -> [JSONValue] {
        let value = try value(key)
        guard case .array(let values) = value else { throw kind(key, value, "a list") }
        return values
    }

    private mutating func list<Element>(
        _ key: String, of elements: String, _ element: (JSONValue) -> Element?
    ) throws(ObjectFault) -> [Element] {
        let values = try list(key)
        let list = values.compactMap(element)
        guard list.count == values.count else {
            throw kind(key, .array(values), "a list of nothing but \(elements)")
        }
        return list
    }

    private func kind(_ key: String, _ value: JSONValue, _ expected: String) -> ObjectFault {
        .kind(key: path(of: key), found: value.kindName, expected: expected)
    }
}
