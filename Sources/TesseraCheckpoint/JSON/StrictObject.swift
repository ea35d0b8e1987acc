/// A JSON object that is read key by key and must have been read whole in the end.
///
/// Every fault names the key by its path from the root, such as `tokenizer.widths`.
struct StrictObject {
    private let object: JSONObject
    private let path: String
    private var readKeys: Set<String> = []

    /// Begins to read an object.
    ///
    /// - Parameters:
    ///   - object: The members.
    ///   - path: The path of the object with a final point; empty for the root.
    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// The path of a key from the root.
    func path(of key: String) -> String { path + key }

    /// Whether a key that may be absent is there and not `null`.
    mutating func has(_ key: String) -> Bool {
        readKeys.insert(key)
        return object[key] != nil && object[key] != .null
    }

    /// Ends the reading: a key that nobody asked for is unknown.
    func finish() throws(ModelFault) {
        for member in object.members where !readKeys.contains(member.name) {
            throw .unknownKey(path(of: member.name))
        }
    }

    mutating func value(_ key: String) throws(ModelFault) -> JSONValue {
        readKeys.insert(key)
        guard let value = object[key] else { throw .missingKey(path(of: key)) }
        return value
    }

    mutating func string(_ key: String) throws(ModelFault) -> String {
        let value = try value(key)
        guard case .string(let text) = value else { throw kind(key, value, "a text") }
        return text
    }

    mutating func strings(_ key: String) throws(ModelFault) -> [String] {
        try list(key, of: "texts") { if case .string(let text) = $0 { text } else { nil } }
    }

    mutating func count(_ key: String, in range: ClosedRange<Int>) throws(ModelFault) -> Int {
        let value = try value(key)
        guard case .integer(let count) = value else { throw kind(key, value, "a whole number") }
        guard range.contains(count) else {
            throw .range(key: path(of: key), found: count, expected: range)
        }
        return count
    }

    mutating func counts(_ key: String, in range: ClosedRange<Int>) throws(ModelFault) -> [Int] {
        let counts = try list(key, of: "whole numbers") {
            if case .integer(let count) = $0 { count } else { nil }
        }
        for count in counts where !range.contains(count) {
            throw .range(key: path(of: key), found: count, expected: range)
        }
        return counts
    }

    mutating func object(_ key: String) throws(ModelFault) -> StrictObject {
        StrictObject(try members(key), path: path(of: key) + ".")
    }

    mutating func members(_ key: String) throws(ModelFault) -> JSONObject {
        let value = try value(key)
        guard case .object(let members) = value else { throw kind(key, value, "an object") }
        return members
    }

    private mutating func list<Element>(
        _ key: String, of elements: String, _ element: (JSONValue) -> Element?
    ) throws(ModelFault) -> [Element] {
        let value = try value(key)
        guard case .array(let values) = value else { throw kind(key, value, "a list") }
        let list = values.compactMap(element)
        guard list.count == values.count else {
            throw kind(key, value, "a list of nothing but \(elements)")
        }
        return list
    }

    private func kind(_ key: String, _ value: JSONValue, _ expected: String) -> ModelFault {
        .kind(key: path(of: key), found: value.kindName, expected: expected)
    }
}
