/// A JSON document as a value: strict when it is read, stable when it is printed.
///
/// Model folders, headers of weight files and lines of token shards are written by other programs
/// too, so a reader must see what a file really holds: a key that comes twice is an error, whole
/// numbers stay whole, and members keep their order. (RFC 8259; stricter where it leaves a choice.)
public indirect enum JSONValue: Hashable, Sendable {
    /// The literal `null`.
    case null

    /// The literal `true` or `false`.
    case boolean(Bool)

    /// A number without fraction and exponent that 64 bits hold.
    case integer(Int)

    /// Any other number.
    case real(Double)

    /// A text.
    case string(String)

    /// Values in order.
    case array([JSONValue])

    /// Named values in order.
    case object(JSONObject)
}

/// The members of a JSON object, in order, with no name twice.
public struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// The names and values, in order.
    public private(set) var members: [JSONMember]

    /// Makes an object without members.
    public init() {
        members = []
    }

    /// Makes an object from members that were found to have different names.
    package init(uniqueMembers members: [JSONMember]) {
        self.members = members
    }

    /// Makes an object from members with different names.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements {
            precondition(self[name] == nil, "An object has two members '\(name)'")
            members.append(JSONMember(name: name, value: value))
        }
    }

    /// The value of a member; setting one that is absent appends it, setting `nil` removes it.
    ///
    /// - Complexity: O(members).
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(JSONMember(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

/// One named value of a JSON object.
public struct JSONMember: Hashable, Sendable {
    /// The name.
    public let name: String

    /// The value.
    public var value: JSONValue

    /// Makes a member.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Makes the value that a literal spells.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes the value that a literal spells.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// Makes the value that a literal spells.
    public init(floatLiteral value: Double) { self = .real(value) }

    /// Makes the value that a literal spells.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// Makes the value that a literal spells.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// Makes an object from members with different names.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}

extension JSONValue {
    /// What this value is, as a sentence names it.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .real: "a number with a fraction or an exponent"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
