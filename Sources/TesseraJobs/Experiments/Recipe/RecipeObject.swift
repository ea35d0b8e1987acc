import TesseraJSON
import TesseraPipeline

/// An object of a recipe, which may have known keys only.
struct RecipeObject {
    private let object: StrictObject

    /// Begins to read an object.
    ///
    /// - Parameters:
    ///   - object: The members.
    ///   - path: The path of the object with a final point; empty for the root.
    ///   - keys: The keys that are known.
    /// - Throws: ``RecipeFault/unknownKey(_:nearest:)``.
    init(_ object: JSONObject, path: String = "", keys: [String]) throws(RecipeFault) {
        for member in object.members where !keys.contains(member.name) {
            throw .unknownKey(path + member.name, nearest: keys.nearest(to: member.name))
        }
        self.object = StrictObject(object, path: path)
    }

    /// The path of a key from the root.
    func path(of key: String) -> String { object.path(of: key) }

    /// One value or a list of them, by a reader that answers `nil` for the wrong kind.
    func list<Element>(
        _ key: String, expected: String, _ read: (JSONValue) throws(RecipeFault) -> Element?
    ) throws(RecipeFault) -> [Element]? {
        var reading = object
        guard reading.has(key), let value = try? reading.value(key) else { return nil }
        var values = [value]
        if case .array(let several) = value { values = several }
        var elements: [Element] = []
        for value in values {
            guard let element = try read(value) else {
                throw .kind(key: path(of: key), expected: expected)
            }
            elements.append(element)
        }
        return elements
    }

    /// One value, by a reader that answers `nil` for the wrong kind.
    func one<Element>(
        _ key: String, expected: String, _ read: (JSONValue) throws(RecipeFault) -> Element?
    ) throws(RecipeFault) -> Element? {
        guard let all = try list(key, expected: expected, read) else { return nil }
        guard all.count == 1 else { throw .kind(key: path(of: key), expected: expected) }
        return all[0]
    }

    /// Whole numbers, one or a list.
    func counts(_ key: String, atLeast least: Int) throws(RecipeFault) -> [Int]? {
        try list(key, expected: "a whole number or a list of them") {
            (value) throws(RecipeFault) in
            guard case .integer(let count) = value else { return nil }
            guard count >= least else {
                throw .tooSmall(key: path(of: key), found: count, least: least)
            }
            return count
        }
    }

    /// Numbers, one or a list.
    func numbers(
        _ key: String, atLeast least: Double, atMost most: Double = .infinity
    ) throws(RecipeFault) -> [Double]? {
        let end = most < .infinity ? "to \(fixed(most, 0))" : "up"
        return try list(key, expected: "a number from \(fixed(least, 0)) \(end), or a list of them")
        {
            let value: Double? =
                switch $0 {
                case .integer(let value): Double(value)
                case .real(let value): value
                default: nil
                }
            return value.flatMap { $0 >= least && $0 <= most ? $0 : nil }
        }
    }

    /// Texts, one or a list.
    func texts(_ key: String) throws(RecipeFault) -> [String]? {
        try list(key, expected: "a text or a list of them") {
            if case .string(let text) = $0 { text } else { nil }
        }
    }

    /// `true` or `false`, one or a list.
    func flags(_ key: String) throws(RecipeFault) -> [Bool]? {
        try list(key, expected: "true or false, or a list of them") {
            if case .boolean(let value) = $0 { value } else { nil }
        }
    }

    /// `true` or `false`.
    func flag(_ key: String) throws(RecipeFault) -> Bool? {
        try one(key, expected: "true or false") {
            if case .boolean(let value) = $0 { value } else { nil }
        }
    }

    /// One text.
    func text(_ key: String) throws(RecipeFault) -> String? {
        try one(key, expected: "a text") { if case .string(let text) = $0 { text } else { nil } }
    }

    /// The value of a list that a word of this object names.
    func choice<Choice: NamedChoice>(
        _ text: String, of key: String
    ) throws(RecipeFault) -> Choice {
        if let choice = Choice.named(text) { return choice }
        let words = Choice.all.map(\.name)
        throw .unknownWord(key: path(of: key), found: text, nearest: words.nearest(to: text))
    }
}
